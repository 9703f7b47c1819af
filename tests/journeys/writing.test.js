// A practice of one's own: written, mended where the page says so, heard, offered, done on a phone, withdrawn.
import assert from "node:assert/strict";
import { test } from "node:test";
import { finger, keys, mouse } from "./hands.js";
import { DESK, House, PHONE, record } from "./house.js";
import { button, heading, inState, practise, settleIn } from "./steps.js";

/** @typedef {import("playwright-core").Page} Page @typedef {import("./hands.js").Hand} Hand */

const SCRIPT = `# Arrive

[bell]
[silence 2 3 5]
Rest your hands in your lap.
[silence 5 20 60]

# Warm hands

[repeat 1 to 9]
Feel how warm they are, or how cold.
[silence 10 20 60]
[end]`;

/** @param {Page} page */
const said = (page) => page.locator("[data-said]");
/** @param {Page} page @param {string|RegExp} words */
const waitUntilSaid = (page, words) => said(page).filter({ hasText: words }).waitFor();
/** @param {Page} page */
const kept = (page) => page.locator("[data-kept]");

/** @param {Page} page @param {Hand} hand @param {string} title */
async function begin(page, hand, title) {
  await page.goto("/practices");
  await hand.press(page.getByRole("link", { name: "Write your own", exact: true }));
  await page.waitForURL("**/writing");
  await hand.write(page.getByLabel("Title", { exact: true }), title);
  await hand.press(button(page, "Begin"));
  await page.waitForURL("**/writing/own-*");
  await waitUntilSaid(page, "Nothing in the way.");
}

test("Amira writes a practice, mends it, hears it and offers it to Ben, who does it; then it is withdrawn", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const amira = await house.device(DESK, { clockRate: 60 });
  const ben = await house.device(PHONE, { clockRate: 60 });
  await settleIn(house, amira, ben);
  await begin(amira, mouse, "Warm hands");
  const editor = amira.url();
  const script = amira.getByLabel("The script", { exact: true });

  // What is wrong is said while she writes, and leads to its place.
  await script.fill(SCRIPT.replace("Rest your hands", "You must rest your hands"));
  await waitUntilSaid(amira, "One thing to mend.");
  const note = amira.locator("[data-margin]").getByRole("link", { name: /Line 5:.*is an order/ });
  await note.click();
  assert.equal(await script.evaluate((/** @type {HTMLTextAreaElement} */ area) => area.value.slice(area.selectionStart).split("\n")[0]), "You must rest your hands in your lap.");
  assert.equal(await amira.locator(".mirror > .marked").textContent(), "You must rest your hands in your lap.");
  for (let letter = 0; letter < "You must ".length; letter += 1) await amira.keyboard.press("Delete");
  await amira.keyboard.press("Delete");
  await amira.keyboard.type("R");
  await waitUntilSaid(amira, "Nothing in the way.");
  assert.equal(await note.count(), 0);

  // The page dies before anything was kept: it is all there again.
  await kept(amira).filter({ hasText: "on this device" }).waitFor();
  await amira.goto("about:blank");
  await amira.goto(editor);
  await amira.getByText("is here again").waitFor();
  assert.equal(await script.inputValue(), SCRIPT);
  await amira.getByLabel("What one does, in a sentence").fill("Feel your hands for a while.");
  await amira.locator("#note").fill("In my own words");
  await mouse.press(button(amira, "Keep it"));
  await kept(amira).filter({ hasText: "Version 2, kept" }).waitFor();

  // Heard at three minutes, and nothing of that is a sitting.
  await amira.getByLabel("Minutes", { exact: true }).fill("3");
  await mouse.press(button(amira, "Listen"));
  await inState(amira, "ready");
  await amira.getByText("3 minutes").waitFor();
  await mouse.press(button(amira, "Begin"));
  await inState(amira, "playing", "done");
  await inState(amira, "done");
  await amira.getByText("Nothing of this was kept.").waitFor();
  await mouse.press(amira.getByRole("link", { name: "Back to writing" }));
  await waitUntilSaid(amira, "Nothing in the way.");
  assert.equal((await record(amira)).sittings.length, 0);

  // What is different between the two versions can be seen.
  await mouse.press(amira.getByRole("link", { name: "Versions" }));
  await amira.getByText("In my own words").waitFor();
  await mouse.press(amira.getByRole("link", { name: "Version 2" }));
  await amira.locator("table.difference ins", { hasText: "Rest your hands in your lap." }).waitFor();

  // Nobody has it yet. Offered to Ben by name, he finds it and does it.
  await ben.goto("/practices");
  assert.equal(await ben.getByRole("link", { name: "Warm hands" }).count(), 0);
  await amira.goto(`${editor}/offering`);
  await mouse.tick(amira.getByRole("radio", { name: /Clients you choose/ }));
  await mouse.tick(amira.getByRole("checkbox", { name: "Ben" }));
  await mouse.press(button(amira, "Offer it like this"));
  await amira.getByText("Offered to those you chose").waitFor();
  await ben.goto("/practices");
  await heading(ben, "From your practitioner");
  await finger.press(ben.getByRole("link", { name: "Warm hands" }));
  await heading(ben, "Warm hands");
  await ben.getByText("Written here; not studied.").waitFor();
  await practise(ben, finger, "own-warm-hands", "3", { effect: "Much better", fit: 8, barrier: "Nothing got in the way" });
  assert.equal((await record(ben)).sittings.at(-1).practice, "own-warm-hands");

  // Withdrawn it is gone, and what he did keeps its name.
  await amira.goto(`${editor}/offering`);
  await mouse.press(button(amira, "Withdraw it"));
  await heading(amira, "Withdrawn");
  await ben.goto("/practices");
  assert.equal(await ben.getByRole("link", { name: "Warm hands" }).count(), 0);
  assert.equal((await ben.request.get("/practise/own-warm-hands?minutes=3")).status(), 404);
  await ben.goto("/progress");
  await ben.getByText("Warm hands").first().waitFor({ state: "attached" });
});

test("two pages of the same practice, and nothing but the keys: no text is lost", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const amira = await house.device(DESK);
  const ben = await house.device(PHONE);
  await settleIn(house, amira, ben, keys, finger);
  await begin(amira, keys, "Slow walk");
  const other = await amira.context().newPage();
  await other.goto(amira.url());
  await waitUntilSaid(other, "Nothing in the way.");

  await keys.write(other.getByLabel("Where one does it"), "In the yard");
  await keys.press(button(other, "Keep it"));
  await kept(other).filter({ hasText: "Version 2, kept" }).waitFor();

  await keys.write(amira.getByLabel("Title", { exact: true }), "Slow walk outside");
  await keys.press(button(amira, "Keep it"));
  await amira.getByText("version 2 was kept from another page").waitFor();
  await amira.locator("table.difference del", { hasText: "In the yard" }).waitFor();
  assert.equal(await amira.getByLabel("Title", { exact: true }).inputValue(), "Slow walk outside");
  await keys.press(button(amira, "Keep it"));
  await kept(amira).filter({ hasText: "Version 3, kept" }).waitFor();

  // The way to a fault by the keys alone.
  await keys.write(amira.getByLabel("The script", { exact: true }), "# Go\n\nTry harder.");
  await waitUntilSaid(amira, /to mend/);
  await keys.press(amira.locator("[data-margin]").getByRole("link", { name: /Line 3:/ }));
  assert.equal(await amira.evaluate(() => document.activeElement?.id), "script");
});
