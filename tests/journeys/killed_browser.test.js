// A phone whose browser goes in the middle of a sitting.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { finger } from "./hands.js";
import { DESK, House, record, until } from "./house.js";
import { button, inState, settleIn } from "./steps.js";

test("a sitting under way when the browser was closed is credited once, as far as it was heard", (t) => halfWay(t, close));

test("a sitting under way when the browser was killed is credited once, as far as it was heard", (t) => halfWay(t, kill));

/** @param {import("node:test").TestContext} t @param {(phone: Phone) => Promise<void>} end */
async function halfWay(t, end) {
  const house = await House.open();
  let phone = await house.lastingDevice("phone", { clockRate: 60 });
  t.after(async () => {
    await phone.context.close().catch(() => {});
    await house.close();
  });
  await settleIn(house, await house.device(DESK), phone.page);
  // She joined some days ago: browsers take half a minute to put a new cookie on the disk.
  await phone.context.close();
  // Half a minute long: time enough to be ended half-way on a busy machine too.
  phone = await house.lastingDevice("phone", { clockRate: 20 });
  await phone.page.goto("/practise/wish-loved-one?minutes=10");
  await inState(phone.page, "ready");
  await finger.press(button(phone.page, "Begin"));
  await inState(phone.page, "playing");
  await until("a minute of it is kept on the phone", async () => (await heardSoFar(phone.page)) >= 60);
  await end(phone);

  phone = await house.lastingDevice("phone");
  await phone.page.goto("/today");
  const sittings = await waitForSittings(phone.page);
  assert.equal(sittings.length, 1);
  const { practice, finished, fit, seconds_heard: heard } = sittings[0];
  assert.deepEqual({ practice, finished, fit }, { practice: "wish-loved-one", finished: false, fit: null });
  assert.ok(heard >= 60 && heard < 600, `${heard} seconds of 600 are credited`);

  await phone.page.goto("/practices");
  await phone.page.reload();
  await phone.page.locator("[data-outbox]").waitFor({ state: "hidden" });
  assert.equal((await record(phone.page)).sittings.length, 1);
}

/** @typedef {Awaited<ReturnType<House["lastingDevice"]>>} Phone */

/** @param {Phone} phone */
const close = (phone) => phone.context.close();

/** The power goes: every process of this browser, found by the profile that is only its own. @param {Phone} phone */
async function kill({ context, folder }) {
  for (const id of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "");
    if (!command.split("\0").includes(`--user-data-dir=${folder}`)) continue;
    try {
      process.kill(Number(id), "SIGKILL");
    } catch {
      // It went with the others.
    }
  }
  await context.close().catch(() => {});
}

/** @param {import("playwright-core").Page} page @returns {Promise<any[]>} */
const waitForSittings = (page) => until("a sitting has arrived", async () => {
  const { sittings } = await record(page);
  return sittings.length > 0 && sittings;
});

/** How many seconds the draft on this phone says were heard; 0 without one. @param {import("playwright-core").Page} page @returns {Promise<number>} */
const heardSoFar = (page) => page.evaluate(() => new Promise((done, fail) => {
  const opening = indexedDB.open("kith");
  opening.onerror = () => fail(opening.error);
  opening.onsuccess = () => {
    const all = opening.result.transaction("outbox").objectStore("outbox").getAll();
    all.onsuccess = () => (opening.result.close(), done(all.result.find((entry) => entry.state === "draft")?.record.seconds_heard ?? 0));
  };
}));
