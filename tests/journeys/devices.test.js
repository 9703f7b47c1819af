// Whose phone it is: signing out, a second device, a new phone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mouse } from "./hands.js";
import { DESK, House, PHONE, until } from "./house.js";
import { PIN, button, heading, inState, openClient, readInvitation, settleIn, signIn } from "./steps.js";

const NEW_PIN = "771903";

test("signing out forgets what was on this phone, and the PIN lets her in again", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  // Slow enough for a busy machine to see the words go by.
  const ben = await house.device(PHONE, { clockRate: 10 });
  await settleIn(house, await house.device(DESK), ben);

  await ben.goto("/practise/wish-loved-one?minutes=4");
  await inState(ben, "ready");
  await ben.getByLabel("Who would you like to wish well?").fill("Grandmother");
  await button(ben, "Begin").tap();
  await ben.locator("[data-caption]", { hasText: "Grandmother" }).waitFor();
  await ben.goto("/today");
  assert.deepEqual(await kept(ben), { words: 1, entries: 0 }, "the word stays on the phone, the sitting has been sent");

  await button(ben, "Sign out").tap();
  await ben.waitForURL(`${house.url}/`);
  assert.deepEqual(await kept(ben), { words: 0, entries: 0 });
  const names = (await ben.context().cookies()).map((cookie) => cookie.name);
  assert.deepEqual(names, ["kith_device"], "only whose phone it is stays known");

  await ben.goBack();
  await ben.reload();
  await heading(ben, "Sign in");
  await ben.goto("/progress");
  await heading(ben, "Sign in");

  await signIn(ben, "ben", "000001");
  await refused(ben);
  await signIn(ben, "ben", PIN);
  await ben.waitForURL("**/today");
});

test("a PIN opens nothing on another device", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  await settleIn(house, await house.device(DESK), await house.device(PHONE));
  const stranger = await house.device(PHONE);
  await signIn(stranger, "ben", PIN);
  await refused(stranger);
  await stranger.goto("/today");
  await heading(stranger, "Sign in");
});

test("an invitation opens once, by link or by code", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const { link, code } = await settleIn(house, await house.device(DESK), await house.device(PHONE));
  const stranger = await house.device(PHONE);
  const answer = await stranger.goto(link);
  assert.equal(answer?.status(), 404);
  await heading(stranger, "This invitation no longer works");
  await stranger.goto("/join");
  await stranger.getByLabel("Code").fill(code);
  await button(stranger, "Go on").tap();
  await stranger.getByRole("alert").waitFor();
});

test("a new invitation moves her to a new phone and signs the old one out", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const amira = await house.device(DESK);
  const oldPhone = await house.device(PHONE);
  await settleIn(house, amira, oldPhone);

  await openClient(amira, mouse, "Ben");
  await button(amira, "Make a new invitation for Ben").click();
  const { code } = await readInvitation(amira, "Ben");

  // The code, typed on the new phone; until it is used the old one goes on.
  const newPhone = await house.device(PHONE);
  await newPhone.goto("/join");
  await newPhone.getByLabel("Code").fill(code.toLowerCase());
  await button(newPhone, "Go on").tap();
  await newPhone.getByText("You are already known here").waitFor();
  await oldPhone.goto("/progress");
  await heading(oldPhone, "Your picture");

  // Only she knows the name she signs in with; who made the invitation cannot use it up.
  await newPhone.getByLabel("The name you sign in with").fill("ben");
  await newPhone.getByLabel("Choose a PIN").fill(NEW_PIN);
  await newPhone.getByLabel("The same once more").fill(NEW_PIN);
  await button(newPhone, "Join").tap();
  await newPhone.waitForURL("**/today");

  await oldPhone.goto("/progress");
  await heading(oldPhone, "Sign in");
  for (const pin of [PIN, NEW_PIN]) {
    await signIn(oldPhone, "ben", pin);
    await refused(oldPhone);
  }
  await amira.goto("/caseload");
  assert.equal(await amira.getByRole("link", { name: "Ben", exact: true }).count(), 1, "she is one client still");
});

/** @param {import("playwright-core").Page} page */
async function refused(page) {
  await page.getByRole("alert").waitFor();
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await page.goto("/today");
  await heading(page, "Sign in");
}

/** What this phone holds of hers, when nothing waits to be sent any more. @param {import("playwright-core").Page} page */
function kept(page) {
  const count = () => page.evaluate(async () => {
    const words = Object.keys(localStorage).filter((key) => key.startsWith("kith:word:")).length;
    const entries = await new Promise((resolve) => {
      const request = indexedDB.open("kith", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("outbox", { keyPath: "id" });
      request.onsuccess = () => {
        const counting = request.result.transaction("outbox").objectStore("outbox").count();
        counting.onsuccess = () => (request.result.close(), resolve(counting.result));
      };
    });
    return { words, entries };
  });
  return until("what was under way has been sent", async () => {
    const held = await count();
    return held.entries === 0 && held;
  });
}
