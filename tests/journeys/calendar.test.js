// The times of practice in her own calendar: an address that needs no cookie, says nothing of what it is for, and ends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { finger } from "./hands.js";
import { DESK, House, PHONE } from "./house.js";
import { button, heading, settleIn } from "./steps.js";

test("a calendar fetches the times by their address alone, until it is ended", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const ben = await house.device(PHONE);
  await settleIn(house, await house.device(DESK), ben);

  await ben.goto("/me");
  await finger.press(ben.getByRole("link", { name: "One short message a day, if you would like that" }));
  await heading(ben, "Reminders");
  await finger.write(ben.getByLabel("At", { exact: true }), "07:30");
  await finger.press(button(ben, "Keep these and go on"));
  await ben.getByText("Your time is kept. Now choose how the message reaches you.").waitFor();
  const first = await makeAddress(ben, "Make an address");
  await ben.getByText("At 07:30 every day.").waitFor();

  // Calendars bring no cookies.
  const kept = await fetch(first);
  assert.equal(kept.status, 200);
  assert.match(kept.headers.get("content-type") ?? "", /^text\/calendar\b/);
  assert.equal(kept.headers.get("set-cookie"), null);
  const feed = await kept.text();
  assert.match(feed, /^BEGIN:VCALENDAR\r\n/);
  assert.match(feed, /\r\nDTSTART;TZID=Europe\/Madrid:\d{8}T073000\r\n/);
  assert.match(feed, /\r\nEND:VCALENDAR\r\n$/);
  assert.doesNotMatch(feed, /kith|compassion|practi[cs]|\bBen\b/i, "it does not say what it is for, or whose it is");
  const known = await fetch(first, { headers: { "If-None-Match": kept.headers.get("etag") ?? "" } });
  assert.equal(known.status, 304);

  // A new address ends the old one, and ending it ends it.
  const second = await makeAddress(ben, "Make a new address");
  assert.notEqual(second, first);
  assert.deepEqual(await answers(first, second), [404, 200]);
  await finger.press(button(ben, "End it"));
  await button(ben, "Make an address").waitFor();
  assert.deepEqual(await answers(first, second), [404, 404]);
});

/** From the page of reminders; ends there. @param {import("playwright-core").Page} page @param {string} press */
async function makeAddress(page, press) {
  await finger.press(button(page, press));
  await heading(page, "Your calendar's address");
  const address = await page.getByLabel("Address", { exact: true }).inputValue();
  await finger.press(page.getByRole("link", { name: "Done" }));
  await page.waitForURL("**/reminders#calendar");
  return address;
}

/** @param {...string} addresses */
const answers = (...addresses) => Promise.all(addresses.map(async (address) => (await fetch(address)).status));
