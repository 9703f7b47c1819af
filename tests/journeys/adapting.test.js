// When it does not fit: something of another kind, something smaller, a pause, and a look when something went badly.
import assert from "node:assert/strict";
import { test } from "node:test";
import { finger, keys, mouse } from "./hands.js";
import { DESK, House, PHONE, record, until } from "./house.js";
import { agree, button, heading, openClient, practise, prescribe, settleIn } from "./steps.js";

const DEAR = "Good wishes for someone dear";
const WHY = "So that evenings are less lonely.";

test("what fits badly twice is followed by something of another kind, and her practitioner sees what and why", async (t) => {
  const { amira, ben } = await begun(t);
  await prescribe(amira, mouse, "Ben", { practice: DEAR, minutes: "4", why: WHY });
  await agree(ben, finger, { why: WHY });

  const card = ben.locator(".card.offer", { has: ben.getByRole("heading", { name: "Would something else fit better?" }) });
  const badly = { effect: "The same", fit: 2, barrier: "Nothing got in the way" };
  await practise(ben, finger, "wish-loved-one", "4", badly);
  await ben.goto("/today");
  await heading(ben, "You have practised today");
  assert.equal(await card.count(), 0, "once says little");
  await practise(ben, finger, "wish-loved-one", "4", badly);

  // The card on Today names it and says why;
  await ben.goto("/today");
  const because = "You said it did not fit you, more than once; ";
  await card.getByText(because).waitFor();
  const instead = await card.locator("strong").innerText();
  await finger.press(card.getByRole("link", { name: "Have a look" }));

  // the page offers up to three, the same one first, each of another kind than the first and with a reason of its own.
  await heading(ben, "Something else");
  await ben.getByText("A practice that does not fit is not a failure, yours or its own.").waitFor();
  const offers = ben.locator("ul.cards > li.card");
  const names = await offers.getByRole("heading").allInnerTexts();
  const reasons = (await offers.locator("p.soft").allInnerTexts()).filter((said) => said.startsWith(because));
  assert.equal(names[0], instead);
  assert.ok(names.length > 0 && names.length <= 3 && !names.includes(DEAR), names.join());
  assert.equal(reasons.length, names.length);
  assert.equal(new Set(reasons).size, names.length, "every one says what it does otherwise");
  await ben.getByText("No practice is required.").waitFor();

  const first = offers.first();
  const minutes = (await button(first, /^Begin, /).innerText()).replace("Begin, ", "");
  await finger.press(button(first, "Do this instead from now on"));
  await ben.waitForURL("**/today");
  assert.equal(await card.count(), 0, "what is chosen is not offered again");
  const [plan] = (await record(ben)).plans;
  await ben.goto(`/plans/${plan.plan_id}`);
  await heading(ben, "Your plan");
  await ben.getByText(`${instead}, ${minutes}, every day`).waitFor();

  // What Amira sees: what was agreed and what became of it, what was offered and why, and what was chosen.
  await openClient(amira, mouse, "Ben");
  await amira.getByText(`Agreed: ${instead}, ${minutes}, every day`).waitFor();
  await amira.getByText(`As you offered it: ${DEAR}, 4 minutes, every day`).waitFor();
  const seen = amira.locator("section", { has: amira.getByRole("heading", { name: "Offered instead, and why" }) }).locator(".card");
  assert.equal(await seen.count(), 1, "one occasion, one card");
  const told = await seen.innerText();
  assert.match(told, new RegExp(`^[^:]+: for ${DEAR}; it fitted badly more than once\\.`));
  names.forEach((name, place) => assert.ok(told.includes(name) && told.includes(reasons[place]), `${name}: ${reasons[place]}`));
  assert.match(told, new RegExp(`Chosen: ${instead}, from now on\\.$`));
});

test("one line prescribes a programme; unsure, she takes it smaller, begins, pauses and goes on", async (t) => {
  const { amira, ben } = await begun(t);

  // Nothing but the keys, and no way to go with Tab: the line has the focus, and then what offers it.
  await openClient(amira, keys, "Ben");
  await keys.press(amira.getByRole("link", { name: "Prescribe" }));
  await heading(amira, "A practice for Ben");
  await focused(amira.getByLabel("In one line"));
  await amira.keyboard.type("two weeks compassion 10 daily after breakfast");
  await amira.keyboard.press("Enter");
  await heading(amira, "A programme for Ben");
  await focused(button(amira, "Offer it to Ben").first());
  await amira.keyboard.press("Enter");
  await amira.waitForURL(/\/clients\/[^/]+$/);
  const offered = "Two weeks of compassion, never more than 10 minutes, after breakfast";
  await amira.getByText(`Offered: ${offered}.`).waitFor();

  // Five of ten is not sure enough.
  await ben.goto("/today");
  await finger.press(ben.getByRole("link", { name: "Look at it" }));
  await heading(ben, "An offer for you");
  await ben.getByText(`${offered}.`).waitFor();
  await finger.tick(ben.getByRole("radio", { name: "5", exact: true }));
  await finger.press(button(ben, "I will try this"));
  await heading(ben, "Shall we make it smaller?");
  await finger.press(button(ben, "Never more than 5 minutes"));
  await ben.waitForURL("**/today");

  // The first day: its practice, no longer than she said, after her routine, and where she stands.
  const firstDay = async () => {
    await heading(ben, DEAR);
    assert.equal(await ben.getByLabel("Minutes", { exact: true }).inputValue(), "5");
    await ben.getByText("after breakfast", { exact: true }).waitFor();
    await finger.press(ben.locator("details.why summary"));
    await ben.getByText("Someone dear · Day 1 of 14").waitFor();
  };
  await firstDay();
  const smaller = "Two weeks of compassion, never more than 5 minutes, after breakfast";
  const [plan] = (await record(ben)).plans;
  assert.deepEqual({ state: plan.state, confidence: plan.confidence }, { state: "agreed", confidence: 5 });

  await finger.press(ben.getByRole("link", { name: "Change, pause or end this" }));
  await heading(ben, "Your plan");
  await finger.press(ben.locator("summary", { hasText: /^Pause$/ }));
  await finger.press(button(ben, "A week"));
  await ben.waitForURL("**/today");
  await ben.getByText(/is paused until .+\. It goes on where it stopped\.$/).waitFor();
  assert.equal(await ben.getByRole("heading", { name: DEAR }).count(), 0);
  await openClient(amira, mouse, "Ben");
  await amira.getByText(/^Paused since .+, until .+\. Nothing is asked meanwhile\.$/).waitFor();

  await finger.press(button(ben, "Go on"));
  await ben.waitForURL("**/today");
  await firstDay();
  await openClient(amira, mouse, "Ben");
  await amira.getByText(`Agreed: ${smaller}.`).waitFor();
  await amira.getByText(`As you offered it: ${offered}.`).waitFor();
  await amira.getByText("Sure to do it: 5 of 10.").waitFor();
  await amira.getByText("Day 1 of 14.").waitFor();
  assert.equal(await amira.getByText(/^Paused since/).count(), 0);
});

test("an unwanted effect that is very bothersome pauses the plan, says so, shows help, and is seen", async (t) => {
  const { amira, ben } = await begun(t);
  await prescribe(amira, mouse, "Ben", { practice: DEAR, minutes: "4", why: WHY });
  await agree(ben, finger, { why: WHY });
  await heading(ben, DEAR);

  await finger.press(ben.getByRole("link", { name: "Has practising brought anything unwanted?" }));
  await heading(ben, "Unwanted effects");
  const effect = ben.locator("div.effect", { hasText: "Sleeping worse" });
  await finger.tick(effect.getByRole("checkbox", { name: "Sleeping worse", exact: true }));
  await finger.tick(effect.getByRole("radio", { name: "Very much", exact: true }));
  await finger.press(button(ben, "Keep this"));

  // It is said at once, without blame, with who is told of it and where help is;
  const paused = "Your plan is paused, because something unwanted was hard to bear, lasted, or got in the way of your day.";
  const result = ben.locator("section.result");
  await result.getByRole("heading", { name: "Last time, today" }).waitFor();
  await result.getByText(paused).waitFor();
  await result.getByText("Amira will find a note that something asks for a look.").waitFor();
  await result.getByRole("link", { name: "Help now" }).waitFor();

  // and Today asks nothing of anybody whose plan is paused.
  await ben.goto("/today");
  await heading(ben, "A pause");
  await ben.getByText(paused).waitFor();
  assert.equal(await ben.getByRole("heading", { name: DEAR }).count(), 0);
  assert.equal(await button(ben, "Begin").count(), 0);
  await finger.press(ben.locator("section.paused").getByRole("link", { name: "Help now" }));
  await ben.waitForURL("**/help");
  await ben.getByRole("heading", { level: 1 }).waitFor();

  // What Amira finds where she begins: that there is something. She looks, and says so.
  await amira.goto("/caseload");
  await heading(amira, "An alert waits for you");
  await mouse.press(amira.getByRole("link", { name: "Look", exact: true }));
  await heading(amira, "Alerts");
  const alert = amira.locator("article.card", { hasText: "Ben" });
  await alert.getByText("An unwanted effect that was hard to bear, lasted, or got in the way of everyday things. Their plan was paused.").waitFor();
  await mouse.write(alert.getByLabel("A short note, if you like"), "I will call this afternoon.");
  await mouse.press(alert.getByRole("button", { name: "I have seen it" }));
  await amira.getByText("Nothing waits for you.").waitFor();
  await alert.getByText(/Amira looked\. “I will call this afternoon\.”$/).waitFor();
  await openClient(amira, mouse, "Ben");
  await amira.getByText("Their plan has been paused since today: something unwanted was hard to bear, lasted, or got in the way of their day.").waitFor();
  await amira.getByText("Sleeping worse: very much").waitFor();
  await amira.goto("/caseload");
  assert.equal(await amira.getByRole("heading", { name: "An alert waits for you" }).count(), 0);

  // It goes on when Ben says so, lighter for a while.
  await ben.goto("/today");
  await finger.press(button(ben, "Go on, gently"));
  await ben.getByText("because you are beginning again after a pause.").waitFor();
  assert.equal(await ben.getByRole("heading", { name: "A pause" }).count(), 0);
  await button(ben, "Begin").waitFor();
});

/** Amira at her desk and Ben with his phone, settled in. @param {import("node:test").TestContext} t */
async function begun(t) {
  const house = await House.open();
  t.after(() => house.close());
  const amira = await house.device(DESK);
  const ben = await house.device(PHONE, { clockRate: 60 });
  await settleIn(house, amira, ben);
  return { amira, ben };
}

/** Has the focus without anybody going there. @param {import("playwright-core").Locator} control */
async function focused(control) {
  await control.waitFor();
  // A browser gives it when it paints.
  await until(`${control} has the focus`, () => control.evaluate((element) => element === document.activeElement));
}
