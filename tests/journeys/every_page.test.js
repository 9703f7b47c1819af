// What every page must be: open to all, no wider than the phone, and talking to nobody but its own house.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { DESK, House, PHONE } from "./house.js";
import { WALKS, enter } from "./places.js";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const NARROWEST = { width: 320, height: 700 };

describe("every page of the demo", () => {
  /** @type {House} */ let house;
  /** @type {Set<string>} */ const foreign = new Set();
  /** @type {Set<string>} */ const complaints = new Set();
  let requests = 0;
  let pages = 0;

  before(async () => void (house = await House.open("demo")));
  after(() => house?.close());

  for (const [device, size] of /** @type {const} */ ([["a phone", PHONE], ["a desk", DESK]])) {
    for (const { role, entry, places } of WALKS) {
      test(`is open to everybody in light and dark: ${role} at ${device}`, async (t) => {
        const page = await house.device(size, { clockRate: 1 });
        t.after(() => page.context().close());
        await listen(page);
        /** @type {Map<string, string[]>} what is wrong, and where */
        const problems = new Map();
        const note = (/** @type {string} */ problem, /** @type {string} */ where) => problems.set(problem, [...(problems.get(problem) ?? []), where]);
        if (entry) await enter(page, entry);
        else await page.goto("/");
        for (const place of places) {
          await place.go(page);
          await page.evaluate(() => document.querySelectorAll("details").forEach((details) => void (details.open = true)));
          pages += 1;
          for (const scheme of /** @type {const} */ (["light", "dark"])) {
            await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
            for (const problem of await violations(page)) note(problem, `${place.name} (${scheme})`);
          }
          if (size === PHONE) {
            await page.setViewportSize(NARROWEST);
            const wider = await overflow(page);
            if (wider) note(wider, place.name);
            await page.setViewportSize(PHONE.viewport);
          }
        }
        assert.deepEqual([...problems].map(([problem, where]) => `${problem}: ${where.join(", ")}`), []);
      });
    }
  }

  test("asks nothing of another host", () => {
    assert.ok(pages > 80 && requests > pages, `${requests} requests for ${pages} pages`);
    assert.deepEqual([...foreign], []);
  });

  test("keeps its own content security policy, and its scripts run without a fault", () => {
    assert.deepEqual([...complaints], []);
  });

  /** @param {import("playwright-core").Page} page */
  async function listen(page) {
    const context = page.context();
    context.on("request", (request) => {
      requests += 1;
      const url = new URL(request.url());
      if (!["data:", "blob:"].includes(url.protocol) && url.origin !== house.url) foreign.add(url.href);
    });
    context.on("weberror", (error) => complaints.add(`${page.url()}: ${error.error().message}`));
    context.on("console", (message) => {
      if (message.type() !== "error") return;
      // A page that is missing on purpose says so.
      if (/the server responded with a status of 4(04|22)/.test(message.text()) && message.location().url === page.url()) return;
      complaints.add(`${page.url()}: ${message.text()}`);
    });
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    });
  }
});

/** @param {import("playwright-core").Page} page @returns {Promise<string[]>} */
async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = /** @type {any} */ (window);
    const { violations } = await axe.run(document, { resultTypes: ["violations"], preload: false });
    return violations.map((/** @type {any} */ { id, nodes }) =>
      `${id}: ${nodes.slice(0, 3).map((/** @type {any} */ node) => `${node.html.slice(0, 120)} (${node.failureSummary.split("\n")[1]?.trim()})`).join(" | ")}${nodes.length > 3 ? ` and ${nodes.length - 3} more` : ""}`);
  });
}

/** @param {import("playwright-core").Page} page @returns {Promise<string>} what is wider than the page, if anything */
const overflow = (page) => page.evaluate(() => {
  const { scrollWidth } = /** @type {Element} */ (document.scrollingElement);
  if (scrollWidth <= innerWidth && innerWidth === 320) return "";
  const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > 320.5 && !element.closest(".scroll"));
  return `${scrollWidth} px wide in a window of ${innerWidth}: ${wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 100)).join(" | ")}`;
});
