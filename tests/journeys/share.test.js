// Her practice is hers: what she takes back is gone from the practitioner's view at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { finger, mouse } from "./hands.js";
import { DESK, House, PHONE, record } from "./house.js";
import { button, inState, openClient, rate, settleIn, told } from "./steps.js";

test("withdrawing the share closes the practitioner's view at once, and giving it again opens it", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const amira = await house.device(DESK);
  const ben = await house.device(PHONE, { clockRate: 60 });
  await settleIn(house, amira, ben);
  await ben.goto("/practise/soles-ground?minutes=1");
  await inState(ben, "ready");
  await button(ben, "Begin").tap();
  await rate(ben, finger, { effect: "Much better", fit: 7, barrier: "Nothing got in the way" });
  await told(ben, "Arrived.");
  await openClient(amira, mouse, "Ben");
  await amira.getByText("7 of 10").waitFor();
  assert.equal(await amira.locator("svg.chart").count(), 1);

  const card = ben.locator("#consent .card", { hasText: "Showing my practice and answers to my practitioner: Amira" });
  await ben.goto("/me");
  await card.getByRole("button", { name: "Take back" }).tap();
  await card.getByText("No", { exact: true }).waitFor();

  await amira.reload();
  await amira.getByText(/^Ben has not chosen to share .+, or has taken it back\./).waitFor();
  assert.equal(await amira.locator("svg.chart, dl.brief").count(), 0);
  assert.doesNotMatch(await amira.locator("main").innerText(), /7 of 10|Much better|Feet on the ground/i);
  await amira.goto("/caseload");
  const row = amira.getByRole("row", { name: /Ben/ });
  await row.getByText("not shared with you").waitFor();
  assert.doesNotMatch(await row.innerText(), /today|[0-9]/);
  assert.equal(await row.locator("svg").count(), 0);

  // To Ben nothing is lost.
  assert.equal((await record(ben)).sittings.length, 1);
  await ben.goto("/me");
  await card.locator("form").getByRole("button").tap();
  await card.getByText("Yes", { exact: true }).waitFor();
  await openClient(amira, mouse, "Ben");
  await amira.getByText("7 of 10").waitFor();
});
