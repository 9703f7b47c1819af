// What people do in Kith, step by step, with whichever hand they have.
import assert from "node:assert/strict";
import { finger, mouse } from "./hands.js";

/** @typedef {import("playwright-core").Page} Page @typedef {import("./hands.js").Hand} Hand */

export const PASSWORD = "four plain small words";
export const PIN = "204817";

/** @param {Page} page @param {string|RegExp} name */
export const heading = (page, name) => page.getByRole("heading", { name }).first().waitFor();
/** @param {Page|import("playwright-core").Locator} place @param {string|RegExp} name */
export const button = (place, name) => place.getByRole("button", { name, exact: true });
/** @param {Page} page @param {string} name */
const field = (page, name) => page.getByLabel(name, { exact: true });

/** @param {Page} page @param {Hand} hand @param {string} link @param {{name: string, signInName: string}} who */
export async function joinToTreat(page, hand, link, { name, signInName }) {
  await page.goto(link);
  await hand.write(field(page, "What shall we call you?"), name);
  await hand.write(field(page, "A name to sign in with"), signInName);
  await hand.write(field(page, "Choose a password"), PASSWORD);
  await hand.write(field(page, "The same once more"), PASSWORD);
  await hand.press(button(page, "Join"));
  await page.waitForURL("**/caseload");
}

/** From the caseload; ends on the page that shows link and code. @param {Page} page @param {Hand} hand @param {string} name */
export async function inviteClient(page, hand, name) {
  await hand.press(page.getByRole("link", { name: "Invite a client" }));
  await page.waitForURL("**/invitations/new");
  await hand.write(page.locator("input[name=name]"), name);
  await hand.press(button(page, "Make the invitation"));
  return readInvitation(page, name);
}

/** @param {Page} page @param {string} name */
export async function readInvitation(page, name) {
  await heading(page, `An invitation for ${name}`);
  return { link: await field(page, "Link").inputValue(), code: await page.locator(".code").innerText() };
}

/** @param {Page} page @param {Hand} hand @param {string} link @param {{name: string, signInName: string, shares?: boolean}} who */
export async function joinToPractise(page, hand, link, { name, signInName, shares = true }) {
  await page.goto(link);
  await hand.write(field(page, "What shall we call you?"), name);
  await hand.write(field(page, "A name to sign in with"), signInName);
  await hand.write(field(page, "Choose a PIN"), PIN);
  await hand.write(field(page, "The same once more"), PIN);
  assert.equal(await field(page, "Your time zone").inputValue(), "Europe/Madrid", "the zone of this phone is proposed");
  await hand.tick(page.locator("input[name=use]"));
  if (shares) await hand.tick(page.locator("input[name=share]"));
  await hand.press(button(page, "Join"));
  await page.waitForURL("**/today");
}

/** @param {Page} page @param {string} name @param {string} secret */
export async function signIn(page, name, secret) {
  await page.goto("/sign-in");
  await field(page, "Your sign-in name").fill(name);
  await field(page, "PIN or password").fill(secret);
  await button(page, "Sign in").click();
}

/** From the caseload; ends on the client's page. @param {Page} page @param {Hand} hand @param {string} client */
export async function openClient(page, hand, client) {
  await page.goto("/caseload");
  await hand.press(page.getByRole("link", { name: client, exact: true }));
  await page.waitForURL("**/clients/*");
  await heading(page, client);
}

/** @param {Page} page @param {Hand} hand @param {string} client @param {{practice: string, minutes: string, why: string}} what */
export async function prescribe(page, hand, client, { practice, minutes, why }) {
  await openClient(page, hand, client);
  await hand.press(page.getByRole("link", { name: "Prescribe" }));
  await heading(page, `A practice for ${client}`);
  await hand.write(field(page, "Why"), why);
  await hand.choose(field(page, "Practice"), practice);
  await hand.write(field(page, "Minutes"), minutes);
  await hand.press(button(page, `Offer it to ${client}`));
  await page.waitForURL(/\/clients\/[^/]+$/);
}

/** From today, where an offer waits; ends on today. @param {Page} page @param {Hand} hand @param {{why: string, minutes: string}} what */
export async function changeAndAgree(page, hand, { why, minutes }) {
  await page.goto("/today");
  await hand.press(page.getByRole("link", { name: "Look at it" }));
  await heading(page, "An offer for you");
  await page.getByText(why).waitFor();
  await hand.press(page.locator("summary", { hasText: "Change it first" }));
  await hand.write(field(page, "Minutes"), minutes);
  await hand.press(button(page, "I will try this"));
  await page.waitForURL("**/today");
}

/** From today, where an offer waits; ends on today. @param {Page} page @param {Hand} hand @param {{why: string}} what */
export async function agree(page, hand, { why }) {
  await page.goto("/today");
  await hand.press(page.getByRole("link", { name: "Look at it" }));
  await heading(page, "An offer for you");
  await page.getByText(why).waitFor();
  await hand.press(button(page, "I will try this"));
  await page.waitForURL("**/today");
}

/** From today; ends with the practice playing. @param {Page} page @param {Hand} hand @param {string} practice */
export async function begin(page, hand, practice) {
  await heading(page, practice);
  await hand.press(button(page, "Begin"));
  await page.waitForURL("**/practise/**");
  await inState(page, "ready");
  await hand.press(button(page, "Begin"));
  await inState(page, "playing");
  // The first words are there; only then does it run.
  await page.locator("[data-caption]:not(:empty)").waitFor();
}

/** @typedef {"ready"|"playing"|"paused"|"easing"|"taps"|"done"} State */

/** In this state, or in one of these: what passes by itself may be over before anybody looks. @param {Page} page @param {...State} states */
export const inState = (page, ...states) => page.locator(states.map((state) => `main[data-state=${state}]`).join()).waitFor();

/** The three taps, and Keep. @param {Page} page @param {Hand} hand @param {{effect: string, fit: number, barrier: string}} taps */
export async function rate(page, hand, { effect, fit, barrier }) {
  await inState(page, "taps");
  await hand.tick(page.getByRole("radio", { name: effect, exact: true }));
  await hand.tick(page.locator(`input[name=fit][value="${fit}"]`));
  await hand.tick(page.getByRole("radio", { name: barrier, exact: true }));
  await hand.press(button(page, "Keep"));
  await inState(page, "done");
}

/**
 * A whole sitting, heard to its end and rated; ends on the last screen, when it has arrived.
 * @param {Page} page @param {Hand} hand @param {string} practice its slug @param {string} minutes @param {Parameters<typeof rate>[2]} taps
 */
export async function practise(page, hand, practice, minutes, taps) {
  await page.goto(`/practise/${practice}?minutes=${minutes}`);
  await inState(page, "ready");
  await hand.press(button(page, "Begin"));
  await rate(page, hand, taps);
  await told(page, "Arrived.");
}

/**
 * What was answered is kept as one goes: the script of the questions is at work. Before it is, their form is sent as any other, which
 * without a network it cannot be. @param {Page} page
 */
export const answersAreKept = (page) => page.getByText("Kept on this phone as you go.").waitFor();

/** What the last screen says of where the record is. @param {Page} page @param {string} words */
export const told = (page, words) => page.locator(".player-state", { hasText: words }).waitFor();

/**
 * A house with a practitioner, Amira, and her client, Ben, who has joined on a phone.
 * @param {import("./house.js").House} house @param {Page} amira @param {Page} ben @param {Hand} [desk] @param {Hand} [phone]
 */
export async function settleIn(house, amira, ben, desk = mouse, phone = finger) {
  const { link } = await house.invite("Amira", "owner", "practitioner");
  await joinToTreat(amira, desk, link, { name: "Amira", signInName: "amira" });
  const invitation = await inviteClient(amira, desk, "Blue kettle");
  await joinToPractise(ben, phone, invitation.link, { name: "Ben", signInName: "ben" });
  return invitation;
}
