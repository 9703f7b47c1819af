// Fourteen days without a network: the server is stopped, the phone's clock is handed in day by day, and all of it arrives.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { finger, mouse } from "./hands.js";
import { DESK, House, record } from "./house.js";
import { bringUpToDate } from "./phone.js";
import { agree, answersAreKept, button, heading, inState, prescribe, rate, settleIn, told } from "./steps.js";

/** @typedef {import("playwright-core").Page} Page */

const PRACTICE = "Good wishes for someone dear";
const WHY = "So that evenings are less lonely.";
const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS = 14;
const CHECK_INS = [3, 11];
const RELOADED = 5;
const KILLED = 8;
/** Nothing that was kept is ever said to be missing, nor is anybody told that she missed anything. */
const UNKIND = /\b(lost|missed|missing|overdue|late|failed|streak)\b/i;

test("fourteen days without a network arrive once, in order, with the times they happened", async (t) => {
  const house = await House.open();
  let phone = await house.lastingDevice("phone", { clockRate: 240 });
  t.after(async () => {
    await phone.context.close().catch(() => {});
    await house.close();
  });
  const amira = await house.device(DESK);
  await settleIn(house, amira, phone.page);
  await prescribe(amira, mouse, "Ben", { practice: PRACTICE, minutes: "4", why: WHY });
  await agree(phone.page, finger, { why: WHY });
  await bringUpToDate(phone.page);
  // Browsers take half a minute to put a new cookie on the disk: a closed one has.
  await phone.context.close();
  phone = await house.lastingDevice("phone", { clockRate: 240 });
  await bringUpToDate(phone.page);

  await house.stop();
  const noon = new Date();
  noon.setHours(12, 0, 0, 0);
  const timeOf = (/** @type {number} */ day) => new Date(noon.getTime() + day * DAY_MS);

  for (let day = 0; day < DAYS; day += 1) {
    if (day === KILLED) {
      await kill(phone);
      phone = await house.lastingDevice("phone", { clockRate: 240 });
    }
    let { page } = phone;
    await page.clock.setFixedTime(timeOf(day));
    await page.goto("/today");
    await page.getByText(/^Shown from this phone, as it was on /).waitFor();
    await kind(page);
    if (day === RELOADED) {
      await page.reload();
      await heading(page, PRACTICE);
      page = await phone.context.newPage();
      await page.goto("/");
    }
    if (CHECK_INS.includes(day)) await checkIn(page, day);
    await heading(page, PRACTICE);
    assert.equal(await page.getByRole("link", { name: "Begin, 4 minutes" }).count(), 1, "one thing to do");
    await finger.press(page.getByRole("link", { name: "Begin, 4 minutes" }));
    await inState(page, "ready");
    await finger.press(button(page, "Begin"));
    await rate(page, finger, { effect: "A little better", fit: day % 11, barrier: "Nothing got in the way" });
    await told(page, "Kept on this phone. It will be sent when there is a network.");
    await finger.press(page.getByRole("link", { name: "Back to today" }));
    await heading(page, "You have practised today");
    await page.locator(".state:visible", { hasText: "Kept on this phone." }).waitFor();
    await page.locator("[data-outbox]", { hasText: day === 0 ? "1 sitting is kept" : `${day + 1} sittings` }).waitFor();
    await kind(page);
    if (page !== phone.page) await page.close();
  }

  // The day after the last that is kept says so, and help is there still.
  await phone.page.clock.setFixedTime(timeOf(DAYS));
  await phone.page.goto("/today");
  await heading(phone.page, "The fortnight kept here is over");
  await kind(phone.page);

  await phone.page.clock.setFixedTime(timeOf(DAYS - 1));
  await house.start({ daysAhead: DAYS - 1 });
  await phone.page.goto("/today");
  await phone.page.locator("[data-outbox]", { hasText: "What was kept on this phone has arrived." }).waitFor();
  await finger.press(phone.page.getByRole("link", { name: "Show today anew" }));
  await heading(phone.page, "You have practised today");

  const { sittings, responses } = await record(phone.page);
  const at = (/** @type {string|number} */ moment) => new Date(moment).getTime();
  assert.deepEqual(
    sittings.map((/** @type {any} */ one) => [one.practice, at(one.started_at), one.fit, one.finished, one.seconds_heard]),
    Array.from({ length: DAYS }, (_, day) => ["wish-loved-one", timeOf(day).getTime(), day % 11, true, 240]),
  );
  assert.equal(new Set(sittings.map((/** @type {any} */ one) => one.id)).size, DAYS);
  const ids = sittings.map((/** @type {any} */ one) => one.id);
  assert.deepEqual([...ids].sort(), ids, "their ids are in the order in which they were made");
  assert.deepEqual(responses.map((/** @type {any} */ one) => at(one.answered_at)), CHECK_INS.map((day) => timeOf(day).getTime()));

  // Her practitioner sees the fortnight as it was.
  await amira.goto("/sign-in");
  await amira.context().clearCookies();
  await amira.goto("/sign-in");
  await amira.getByLabel("Your sign-in name").fill("amira");
  await amira.getByLabel("PIN or password").fill("four plain small words");
  await button(amira, "Sign in").click();
  await amira.waitForURL("**/caseload");
  const row = amira.getByRole("row", { name: /Ben/ });
  assert.equal(await row.locator("td[data-label=Last]").innerText(), "today");
});

/** @param {Page} page */
async function kind(page) {
  const words = await page.locator("main").innerText();
  assert.doesNotMatch(words, UNKIND);
}

/** A question or two, answered without a network; ends on today. @param {Page} page @param {number} day */
async function checkIn(page, day) {
  await finger.press(page.getByRole("link", { name: /^How you are: / }));
  await finger.tick(page.getByRole("radio", { name: String(2 + (day % 3)), exact: true }));
  await answersAreKept(page);
  await finger.press(button(page, "Keep my answers"));
  await page.locator(".answered .state", { hasText: "They are on this phone, and will be sent when there is a network." }).waitFor();
  await finger.press(page.getByRole("link", { name: "Back to today" }));
}

/** The power goes. @param {Awaited<ReturnType<House["lastingDevice"]>>} phone */
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
