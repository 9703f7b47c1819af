// On a slow network the questions are there before the script that keeps the answers: what is touched by then is kept all the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { House, PHONE } from "./house.js";
import { finger } from "./hands.js";
import { enter } from "./places.js";

test("an answer given before the page’s script has come is kept on the phone", async (t) => {
  const house = await House.open("demo");
  t.after(() => house.close());
  // The service worker’s own requests could not be held back.
  const ben = await house.device({ ...PHONE, serviceWorkers: "block" });
  await ben.goto("/");
  await enter(ben, "ben");
  /** @type {(value?: unknown) => void} */ let letCome = () => {};
  const held = new Promise((resolve) => (letCome = resolve));
  await ben.route("**/js/measures/answer.js", async (route) => {
    await held;
    await route.continue();
  });
  await ben.goto("/measures/connection", { waitUntil: "commit" });
  await finger.tick(ben.locator('#item-1 input[value="6"]'));
  assert.equal(await ben.getByText("Kept on this phone as you go.").count(), 0);
  letCome();
  await ben.getByText("Kept on this phone as you go.").waitFor();
  await ben.goto("/today");
  await ben.goto("/measures/connection");
  await ben.locator('#item-1 input[value="6"]:checked').waitFor({ state: "attached" });
});
