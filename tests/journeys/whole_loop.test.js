// Invited, prescribed, changed, practised, rated, seen: once round, with a finger and a mouse and then with the keys alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { finger, keys, mouse } from "./hands.js";
import { DESK, House, PHONE, record } from "./house.js";
import { begin, button, changeAndAgree, heading, inState, openClient, prescribe, rate, settleIn, told } from "./steps.js";

const PRACTICE = "Good wishes for someone dear";
const WHY = "So that evenings are less lonely.";

test("a practitioner prescribes, her client changes it, practises and rates it, and she sees how it was", async (t) => {
  await once(t, { desk: mouse, phone: finger, phoneDevice: PHONE });
});

test("the whole loop is walked with the keyboard alone", async (t) => {
  await once(t, { desk: keys, phone: keys, phoneDevice: DESK });
});

/** @param {import("node:test").TestContext} t @param {{desk: import("./hands.js").Hand, phone: import("./hands.js").Hand, phoneDevice: typeof PHONE|typeof DESK}} how */
async function once(t, { desk, phone, phoneDevice }) {
  const house = await House.open();
  t.after(() => house.close());
  const amira = await house.device(DESK);
  const ben = await house.device(phoneDevice, { clockRate: 20 });

  await settleIn(house, amira, ben, desk, phone);
  await ben.getByText("Nothing is agreed with your practitioner yet.").waitFor();

  await prescribe(amira, desk, "Ben", { practice: PRACTICE, minutes: "5", why: WHY });
  await amira.getByText(`Offered: ${PRACTICE}, 5 minutes, every day`).waitFor();

  await changeAndAgree(ben, phone, { why: WHY, minutes: "4" });
  await phone.press(ben.locator("details.why summary"));
  await ben.getByText(WHY).waitFor();
  await begin(ben, phone, PRACTICE);

  // Pausing stops the practice's time; going on takes it up.
  await phone.press(button(ben, "Pause"));
  await inState(ben, "paused");
  await ben.getByText("Paused.").waitFor();
  await phone.press(button(ben, "Resume"));
  await inState(ben, "playing");

  await rate(ben, phone, { effect: "A little better", fit: 8, barrier: "Nothing got in the way" });
  await told(ben, "Arrived.");
  await phone.press(ben.getByRole("link", { name: "Back to today" }));
  await heading(ben, "You have practised today");

  const { sittings, plans } = await record(ben);
  assert.equal(sittings.length, 1);
  const [{ practice, minutes, seconds_heard: heard, finished, fit, effect, barrier }] = sittings;
  assert.deepEqual(
    { practice, minutes, heard, finished, fit, effect, barrier },
    { practice: "wish-loved-one", minutes: 4, heard: 240, finished: true, fit: 8, effect: 1, barrier: "nothing" },
  );
  assert.equal(plans[0].state, "agreed");

  // What Amira sees: in the caseload,
  await amira.goto("/caseload");
  const row = amira.getByRole("row", { name: /Ben/ });
  assert.equal(await row.locator("td[data-label=Last]").innerText(), "today");
  assert.equal(await row.locator("td[data-label=Fit]").innerText(), "8");
  assert.match((await row.getByRole("img").getAttribute("aria-label")) ?? "", /^Minutes a week: (0, )+4$/);

  // and on Ben's page: what was agreed, a picture that is titled and described, and the same numbers as a table.
  await openClient(amira, desk, "Ben");
  await amira.getByText(`Agreed: ${PRACTICE}, 4 minutes, every day`).waitFor();
  await amira.getByText(`As you offered it: ${PRACTICE}, 5 minutes, every day`).waitFor();
  // Last practised, days of those agreed, minutes, middle fit.
  assert.deepEqual(await amira.locator("dl.brief dd").allInnerTexts(), ["today", "1", "4", "8 of 10"]);

  const chart = amira.locator("svg.chart");
  const named = await chart.evaluate((svg) =>
    (svg.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => `${document.getElementById(id)?.tagName}: ${document.getElementById(id)?.textContent}`));
  assert.equal(named[0], "title: Practice and fit, day by day");
  assert.match(named[1], /^desc: From .+ there was practice on 1 of 56 days, 4 minutes in all\. Fit was 8 the first time/);
  assert.match((await chart.locator("rect.bar title").allTextContents()).join(), /: 4 minutes$/);
  assert.match((await chart.locator("circle.dot title").allTextContents()).join(), /: fit 8$/);

  await desk.press(amira.locator("summary", { hasText: "The same as a table" }));
  const cells = await amira.locator("figure + details tbody tr td").allInnerTexts();
  assert.equal(cells.length, 6, "one sitting, one row");
  assert.deepEqual(cells.slice(1), [PRACTICE, "4 minutes", "8", "a little better", ""]);
}
