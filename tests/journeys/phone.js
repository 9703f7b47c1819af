// A phone that keeps Kith: what it holds, and how it is told to.
import { button } from "./steps.js";

/** @typedef {import("playwright-core").Page} Page */

/** Brings what this phone keeps up to date, as she would. @param {Page} page */
export async function bringUpToDate(page) {
  await page.goto("/me/phone");
  await button(page, /^(Keep it on this phone|Bring it up to date)$/).tap();
  await page.locator("[data-phone] [data-state]", { hasText: "Everything is on this phone." }).waitFor();
}

/** The caches of this phone and what is in them. @param {Page} page @returns {Promise<Record<string, string[]>>} */
export const held = (page) => page.evaluate(async () => {
  /** @type {Record<string, string[]>} */ const all = {};
  for (const name of await caches.keys()) {
    const requests = await (await caches.open(name)).keys();
    all[name] = requests.map(({ url }) => url.slice(location.origin.length));
  }
  return all;
});
