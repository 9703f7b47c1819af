// Offline means that the server is stopped.
import assert from "node:assert/strict";
import { test } from "node:test";
import { finger } from "./hands.js";
import { DESK, House, PHONE, record } from "./house.js";
import { begin, button, inState, rate, settleIn, told } from "./steps.js";

/** What is offered to somebody with whom nothing is agreed yet. */
const suggested = (/** @type {import("playwright-core").Page} */ page) => page.locator("section.today h2").innerText();

test("a sitting begun online and finished without the server arrives once when the server is back", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const ben = await house.device(PHONE, { clockRate: 60 });
  await settleIn(house, await house.device(DESK), ben);

  await begin(ben, finger, await suggested(ben));
  await house.stop();
  await rate(ben, finger, { effect: "Much better", fit: 9, barrier: "Nothing got in the way" });
  await told(ben, "Kept on this phone. It will be sent when there is a network.");

  await house.start();
  // Nobody touches the phone: it tries again by itself.
  await told(ben, "Arrived.");
  const { sittings } = await record(ben);
  assert.equal(sittings.length, 1);
  assert.deepEqual({ fit: sittings[0].fit, effect: sittings[0].effect, finished: sittings[0].finished }, { fit: 9, effect: 2, finished: true });

  // The answer to a sending can get lost, so the phone may send again what is kept already.
  const { id, practice, revision, minutes, seconds_heard } = sittings[0];
  const again = { id, practice, revision, minutes, seconds_heard, started_at: new Date(sittings[0].started_at).toISOString(), finished: true, fit: 9, effect: 2, barrier: "nothing" };
  const answer = await ben.evaluate(async (sent) => {
    const response = await fetch("/sittings", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify([sent]) });
    return response.json();
  }, again);
  assert.deepEqual(answer, { kept: [id], refused: [] });
  await ben.goto("/today");
  await ben.reload();
  assert.equal((await record(ben)).sittings.length, 1);
});

test("a server killed between two sittings has lost nothing it said had arrived", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const ben = await house.device(PHONE, { clockRate: 60 });
  await settleIn(house, await house.device(DESK), ben);
  await ben.goto("/practise/soles-ground?minutes=1");
  await inState(ben, "ready");
  await finger.press(button(ben, "Begin"));
  await rate(ben, finger, { effect: "The same", fit: 5, barrier: "Nothing got in the way" });
  await told(ben, "Arrived.");
  await house.kill();
  await house.start();
  await ben.goto("/today");
  assert.deepEqual((await record(ben)).sittings.map((/** @type {{fit: number}} */ sitting) => sitting.fit), [5]);
});

test("what waits on the phone is told on every page, and signing out asks before it would be lost", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const ben = await house.device(PHONE, { clockRate: 60 });
  await settleIn(house, await house.device(DESK), ben);
  await ben.goto("/practise/soles-ground?minutes=1");
  await inState(ben, "ready");
  await finger.press(button(ben, "Begin"));
  await inState(ben, "playing", "taps");
  await house.stop();
  await rate(ben, finger, { effect: "A little worse", fit: 2, barrier: "Nothing got in the way" });
  await told(ben, "Kept on this phone.");
  await ben.getByText("1 sitting is kept on this phone and will be sent when there is a network.").waitFor();
  await ben.getByRole("link", { name: "Would you like something else next time?" }).waitFor();

  await button(ben, "Sign out").tap();
  const dialog = ben.getByRole("dialog");
  await dialog.getByText("Send it first, or sign out and lose it?").waitFor();
  await dialog.getByRole("button", { name: "Send first" }).tap();
  await dialog.getByText("It could not be sent now. There may be no network.").waitFor();
  await dialog.getByRole("button", { name: "Stay" }).tap();
  await dialog.waitFor({ state: "detached" });

  await house.start();
  await button(ben, "Sign out").tap();
  // It may have gone by itself meanwhile; then nobody is asked.
  await Promise.race([dialog.getByRole("button", { name: "Send first" }).tap().catch(() => {}), ben.waitForURL(`${house.url}/`)]);
  await ben.waitForURL(`${house.url}/`);
  await ben.goto("/sign-in");
  await ben.getByLabel("PIN or password").fill("204817");
  await button(ben, "Sign in").tap();
  await ben.waitForURL("**/today");
  assert.equal((await record(ben)).sittings.length, 1);
});
