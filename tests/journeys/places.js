// Every page of the demo, as each person comes to it. Used by the tests of what all pages must be.
import { answersAreKept, button, heading, inState } from "./steps.js";

/** @typedef {import("playwright-core").Page} Page */
/**
 * @typedef {{name: string, go: (page: Page) => Promise<unknown>}} Place  how to come there
 * @typedef {{role: string, entry: string|null, places: Place[]}} Walk  who, the demo's name for her, and where she goes
 */

/** @param {Page} page @param {string} path @param {number} [status] what must be answered: a page that is not there looks well too */
async function open(page, path, status = 200) {
  const answer = await page.goto(path);
  if (answer?.status() !== status) throw new Error(`${path} answered ${answer?.status()}`);
}

/** @param {string} path @param {number} [status] @returns {Place} */
const at = (path, status) => ({ name: path, go: (page) => open(page, path, status) });

/** The same once more, when all that this person does here has been done. @param {string} path @returns {Place} */
const afterwards = (path) => ({ ...at(path), name: `${path}, afterwards` });

/** @param {Page} page @param {string} path */
async function readyAt(page, path) {
  await open(page, path);
  await inState(page, "ready");
}

/** @param {Page} page */
async function play(page) {
  await readyAt(page, "/practise/wish-loved-one?minutes=4");
  await button(page, "Begin").click();
  await inState(page, "playing");
  await page.locator("[data-caption]:not(:empty)").waitFor();
}

/** @param {Page} page */
async function playToTheTaps(page) {
  await play(page);
  await button(page, "Ease out").click();
  await button(page, "Finish now").click();
  await inState(page, "taps");
}

/** @param {Page} page @param {string} effect */
async function playToTheEnd(page, effect) {
  await playToTheTaps(page);
  await page.getByRole("radio", { name: effect, exact: true }).check();
  await button(page, "Keep").click();
  await inState(page, "done");
  // After something hard the word is "Kept.": it claims less.
  await page.locator(".player-state", { hasText: effect === "Much worse" ? /^Kept\.$/ : /^Arrived\.$/ }).waitFor();
}

/** Somebody in the caseload whose row says so. @param {Page} page @param {string|RegExp} why */
async function clientWhose(page, why) {
  await page.goto("/caseload");
  await page.getByRole("row", { name: why }).first().getByRole("link").first().click();
  await page.waitForURL("**/clients/*");
}

/** What the invented practitioner wrote. @param {Page} page @param {string} [part] */
async function writeOne(page, part = "") {
  await open(page, `/writing/own-held-by-the-chair${part}`);
  if (!part) await page.locator("[data-said]", { hasText: "Nothing in the way." }).waitFor();
}

/** @param {Page} page */
async function invite(page) {
  await page.goto("/invitations/new");
  await page.locator("input[name=name]").fill("Blue kettle");
  await button(page, "Make the invitation").click();
  await page.getByLabel("Link", { exact: true }).waitFor();
}

/** @type {Place[]} */
const ownPractice = [
  at("/today"), at("/practices"), at("/practices/circle-full"), at("/ways"), at("/ways?n=7"), at("/something-else?from=circle-full"),
  at("/something-else?from=circle-full&chose=talk"), at("/something-else?from=circle-full&chose=acts"),
  at("/evidence"), at("/evidence/contested"), at("/evidence/depression"), at("/evidence/studies"), at("/evidence/studies/weng2013"),
  at("/handouts/depression"), at("/handouts/training"), at("/handouts/practices/circle-full"),
  at("/programmes"), at("/programmes/compassion-2w"), at("/lessons/self-week-2"), at("/moments"), at("/moments/panic"),
  at("/progress"), at("/me"), at("/me/phone"), at("/today/fortnight"), at("/offline"), at("/me/safety-plan"), at("/me/unwanted-effects"), at("/me/screening"),
  at("/reminders"), at("/help"), at("/nowhere", 404),
  at("/responses"), { name: "/responses/ID/answers", go: async (page) => {
    await open(page, "/responses");
    const one = page.locator('a[href$="/answers"]').first();
    if (await one.count()) await one.click();
  } },
  at("/measures"), at("/measures/connection"), at("/measures/reactivity"), at("/measures/swls", 404),
  { name: "/measures, the look back", go: async (page) => {
    await open(page, "/measures/reactivity");
    await button(page, "Next").click();
    await button(page, "Next").click();
    await heading(page, "A look back");
  } },
];

/** @type {Walk[]} */
export const WALKS = [
  {
    role: "a visitor",
    entry: null,
    places: [
      at("/"), at("/sign-in"), at("/join"), at("/help"), at("/waiting-room"), at("/asked/nothing", 404), at("/nowhere", 404), at("/join/no-such-invitation", 404),
      { name: "/sign-in, refused", go: async (page) => {
        await page.goto("/sign-in");
        await page.getByLabel("Your sign-in name").fill("nobody");
        await page.getByLabel("PIN or password").fill("nothing");
        await button(page, "Sign in").click();
        await page.getByRole("alert").waitFor();
      } },
      { name: "/join/CODE", go: async (page) => {
        const link = await invitationFor(page);
        await page.goto(link);
        await button(page, "Join").waitFor();
      } },
    ],
  },
  {
    role: "a client",
    entry: "ben",
    places: [
      ...ownPractice,
      { name: "/plans/ID, agreed", go: async (page) => open(page, `/plans/${(await today(page)).due[0].plan}`) },
      { name: "/measures, answered", go: async (page) => {
        await open(page, "/measures/connection");
        await page.getByRole("radio", { name: "6", exact: true }).check();
        await answersAreKept(page);
        await button(page, "Keep my answers").click();
        await page.locator(".state", { hasText: "They have arrived." }).waitFor();
      } },
      { name: "/measures, answered and hard", go: async (page) => {
        await open(page, "/measures/practice-distress");
        await page.getByRole("radio", { name: "9", exact: true }).check();
        await answersAreKept(page);
        await button(page, "Keep my answers").click();
        await page.locator(".state", { hasText: "They have arrived." }).waitFor();
      } },
      { name: "/practise, ready", go: (page) => readyAt(page, "/practise/wish-loved-one?minutes=4") },
      { name: "/practise, playing", go: play },
      { name: "/practise, paused", go: async (page) => {
        await play(page);
        await button(page, "Pause").click();
        await inState(page, "paused");
      } },
      { name: "/practise, taps", go: playToTheTaps },
      { name: "/practise, done", go: (page) => playToTheEnd(page, "The same") },
      { name: "/practise, done and hard", go: (page) => playToTheEnd(page, "Much worse") },
      ...["/today", "/something-else?from=circle-full", "/progress", "/me", "/responses", "/measures", "/measures/connection"].map(afterwards),
    ],
  },
  {
    role: "a client with an offer",
    entry: "ada",
    places: [
      at("/today"),
      { name: "/plans/ID, offered", go: async (page) => open(page, `/plans/${(await today(page)).offered[0]}`) },
      { name: "/plans/ID, smaller", go: async (page) => {
        await open(page, `/plans/${(await today(page)).offered[0]}`);
        await page.getByRole("radio", { name: "5", exact: true }).check();
        await button(page, "I will try this").click();
        await heading(page, "Shall we make it smaller?");
      } },
    ],
  },
  { role: "a client whose plan is paused", entry: "dina", places: [at("/today"), at("/me/unwanted-effects")] },
  { role: "a client who has just come", entry: "leo", places: [
    at("/today"), at("/progress"), at("/me"),
    { name: "/reminders, a calendar's address", go: async (page) => {
      await open(page, "/reminders");
      await page.getByLabel("At", { exact: true }).fill("07:30");
      await page.getByRole("button", { name: /^Keep these/ }).click();
      await page.getByRole("button", { name: /^Make an? (new )?address$/ }).click();
      await heading(page, "Your calendar's address");
    } },
    at("/reminders"), ...["/today", "/me"].map(afterwards),
  ] },
  {
    role: "a practitioner",
    entry: "amira",
    places: [
      at("/caseload"), at("/alerts"), ...ownPractice, at("/invitations/new"),
      at("/handouts"), at("/evidence/depression?audience=supervisor"), at("/handouts/self-compassion?audience=supervisor"),
      at("/writing"), { name: "a practice being written", go: writeOne }, { name: "whom it is offered to", go: (page) => writeOne(page, "/offering") },
      { name: "its versions", go: (page) => writeOne(page, "/versions") }, { name: "what is different", go: (page) => writeOne(page, "/versions/2") },
      at("/practices/own-held-by-the-chair"),
      at("/evidence/waiting"), at("/evidence/studies/new"), at("/evidence/studies/eriksson2018/versions/new"),
      at("/evidence/studies/eriksson2018/versions"), at("/evidence/studies/eriksson2018/versions/1"),
      at("/evidence/studies/eriksson2018/versions/1/differences"), at("/evidence/imports"),
      { name: "a file of references, looked at", go: async (page) => {
        await open(page, "/evidence/imports");
        await page.getByLabel("Or what is in it").fill("TY  - JOUR\nAU  - Okoye, Ada\nPY  - 2025\nTI  - Kind letters\nER  - \nTY  - JOUR\nER  - ");
        await button(page, "Look at it").click();
        await heading(page, "Look at this file");
      } },
      at("/my-practice"), at("/rationale"), at("/rationale/supervisor"), at("/practices/circle-full/teleprompter?minutes=30"),
      at("/recordings"),
      { name: "a practice to be recorded", go: async (page) => {
        await open(page, "/recordings?practice=soles-ground");
        await button(page, "Begin").click();
        await page.locator(".studio").waitFor();
      } },
      { name: "the teleprompter, reading", go: async (page) => {
        await open(page, "/practices/circle-full/teleprompter?minutes=30");
        await button(page, "Begin reading").click();
        await button(page, "Hold").waitFor();
      } },
      { name: "a client's summary", go: async (page) => {
        await clientWhose(page, /Ben/);
        await open(page, `${page.url()}/summary`);
      } },
      { name: "an invitation", go: invite },
      { name: "a client's page", go: (page) => clientWhose(page, /Ben/) },
      { name: "a client's page, not shared", go: (page) => clientWhose(page, /not shared/) },
      { name: "/clients/ID/measures", go: async (page) => {
        await clientWhose(page, /Ben/);
        await open(page, `${page.url()}/measures`);
      } },
      { name: "/clients/ID/measures, not shared", go: async (page) => {
        await clientWhose(page, /not shared/);
        await open(page, `${page.url()}/measures`);
      } },
      { name: "/clients/ID/measures/ID, from paper", go: async (page) => {
        await clientWhose(page, /Ben/);
        await open(page, `${page.url()}/measures/gad-7`);
      } },
      { name: "/clients/ID/plans/new", go: async (page) => {
        await clientWhose(page, /Ben/);
        await open(page, `${page.url()}/plans/new`);
      } },
      { name: "/clients/ID/plans/new, from a line", go: async (page) => {
        await clientWhose(page, /Ben/);
        await open(page, `${page.url()}/plans/new?line=two weeks compassion 10 daily`);
        await heading(page, /^A programme for /);
      } },
      { name: "/clients/ID/plans/new, refused", go: async (page) => {
        await clientWhose(page, /Ben/);
        await open(page, `${page.url()}/plans/new`);
        await page.getByLabel("Minutes", { exact: true }).fill("59");
        await page.getByRole("button", { name: /^Offer it to/ }).click();
        await page.getByRole("alert").waitFor();
      } },
      ...["/caseload", "/alerts", "/invitations/new", "/evidence/imports", "/evidence/waiting", "/recordings", "/writing", "/progress"].map(afterwards),
    ],
  },
  { role: "a lead", entry: "chloe", places: [at("/clinic"), at("/today"), at("/my-practice"), at("/rationale")] },
  { role: "a researcher", entry: "ema", places: [at("/clinic")] },
  { role: "an owner", entry: "olu", places: [at("/clinic"), at("/clinic/settings"), at("/clinic/help"), at("/clinic/contact"), at("/clinic/systems"), at("/writing"), at("/clinic/audit")] },
];

/** What is due and offered, as the phone asks for it. @param {Page} page */
async function today(page) {
  const answer = await page.request.get("/today", { headers: { Accept: "application/json" } });
  return answer.json();
}

/** An invitation that a practitioner makes in a browser of her own. @param {Page} page */
async function invitationFor(page) {
  const context = await /** @type {import("playwright-core").Browser} */ (page.context().browser()).newContext({ baseURL: new URL(page.url()).origin });
  try {
    const amira = await context.newPage();
    await enter(amira, "amira");
    await invite(amira);
    return await amira.getByLabel("Link", { exact: true }).inputValue();
  } finally {
    await context.close();
  }
}

/** Comes in to the demo with one tap. @param {Page} page @param {string} name */
export async function enter(page, name) {
  await page.goto("/");
  await page.locator("form", { has: page.locator(`input[name=name][value=${name}]`) }).getByRole("button").click();
  await page.waitForURL((url) => url.pathname !== "/");
}
