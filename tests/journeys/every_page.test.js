// What every page must be: open to all, no wider than the phone, and talking to nobody but its own house.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { DESK, House, PHONE } from "./house.js";
import { WALKS, enter } from "./places.js";

/** @typedef {import("playwright-core").Page} Page @typedef {import("playwright-core").CDPSession} CDPSession @typedef {"light"|"dark"} Scheme */
/** @typedef {{width: number, height: number, isPhone: boolean}} Device */

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DEVICES = /** @type {const} */ (["a phone", "a desk"]);
/** @type {Device} */ const A_PHONE = { ...PHONE.viewport, isPhone: true };
/** @type {Device} */ const THE_NARROWEST = { width: 320, height: 700, isPhone: true };
/** @type {Device} */ const A_DESK = { ...DESK.viewport, isPhone: false };
/** The rules whose answer depends on colours; all the others look at words, structure, sizes and what can be seen at all. */
const ABOUT_COLOURS = ["color-contrast", "link-in-text-block"];

describe("every page of the demo", () => {
  /** @type {House} */ let house;
  /** @type {Set<string>} */ const foreign = new Set();
  /** @type {Set<string>} */ const complaints = new Set();
  let requests = 0;
  let pages = 0;

  before(async () => void (house = await House.open("demo")));
  after(() => house?.close());

  for (const { role, entry, places } of WALKS) {
    // Everybody walks once: a page that is loaded is looked at on both devices.
    /** @type {ReturnType<typeof walk>|undefined} */ let walking;
    for (const device of DEVICES) {
      test(`is open to everybody in light and dark: ${role} at ${device}`, async () => {
        walking ??= walk(entry, places);
        const problems = (await walking)[device];
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

  /** What is wrong on each device, and where. @param {string|null} entry @param {import("./places.js").Place[]} places */
  async function walk(entry, places) {
    const found = { "a phone": new Map(), "a desk": new Map() };
    const page = await house.device(PHONE, { clockRate: 1 });
    try {
      await listen(page);
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      const devtools = await page.context().newCDPSession(page);
      if (entry) await enter(page, entry);
      else await page.goto("/");
      for (const place of places) {
        await place.go(page);
        pages += 1;
        const note = (/** @type {keyof typeof found} */ device, /** @type {string} */ problem, /** @type {string} */ where) =>
          found[device].set(problem, [...(found[device].get(problem) ?? []), where]);
        for (const [problem, scheme] of await violations(page, A_PHONE, ["light", "dark"])) note("a phone", problem, `${place.name} (${scheme})`);
        await hold(devtools, THE_NARROWEST);
        const wider = await overflow(page);
        if (wider) note("a phone", wider, place.name);
        await hold(devtools, A_DESK);
        for (const [problem, scheme] of await violations(page, A_DESK, ["dark", "light"])) note("a desk", problem, `${place.name} (${scheme})`);
        // So comes the next page to a phone, and in the light.
        await hold(devtools, A_PHONE);
      }
    } finally {
      await page.context().close();
    }
    return found;
  }

  /** @param {Page} page */
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
    // The browser remembers what it made of a script that every page begins with; half a megabyte sent to each page takes a while.
    await context.addInitScript(AXE);
  }
});

/**
 * Makes a loaded page one on this device, as when a phone's browser becomes a window on a desk: size, kind of viewport, finger or mouse.
 * @param {CDPSession} devtools @param {Device} device
 */
async function hold(devtools, { width, height, isPhone }) {
  const screenOrientation = /** @type {const} */ ({ angle: 0, type: isPhone ? "portraitPrimary" : "landscapePrimary" });
  await Promise.all([
    devtools.send("Emulation.setDeviceMetricsOverride", { width, height, screenWidth: width, screenHeight: height, deviceScaleFactor: 1, mobile: isPhone, screenOrientation }),
    devtools.send("Emulation.setTouchEmulationEnabled", { enabled: isPhone }),
  ]);
}

/**
 * What axe finds in one colour scheme and then in the other. Every rule is asked in the first; in the second those about colours, and all
 * of them where more than colours is different.
 * @param {Page} page @param {Device} device what the page should be on @param {Scheme[]} schemes the one it is in, and the other
 * @returns {Promise<[string, Scheme][]>}
 */
async function violations(page, device, schemes) {
  /** @type {[string, Scheme][]} */ const found = [];
  for (const scheme of schemes) {
    const isFirst = scheme === schemes[0];
    if (!isFirst) await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const { isSo, problems } = await page.evaluate(look, { device, scheme, isFirst, aboutColours: ABOUT_COLOURS });
    assert.ok(isSo, `${page.url()} is not shown in the ${scheme}, ${device.width} px wide on ${device.isPhone ? "a phone" : "a desk"}`);
    found.push(...problems.map((problem) => /** @type {[string, Scheme]} */ ([problem, scheme])));
  }
  return found;
}

/** Runs in the page. @param {{device: Device, scheme: Scheme, isFirst: boolean, aboutColours: string[]}} how @returns {Promise<{isSo: boolean, problems: string[]}>} */
async function look({ device, scheme, isFirst, aboutColours }) {
  const here = /** @type {any} */ (window);
  const isSo = screen.width === device.width && matchMedia(`(prefers-color-scheme: ${scheme})`).matches && matchMedia("(hover: none) and (pointer: coarse)").matches === device.isPhone;
  for (const details of document.querySelectorAll("details")) details.open = true;
  // Everything that is on the page, where, how large and whether it can be seen: all but its colours.
  const appearance = [...document.querySelectorAll("*")].map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const { display, visibility, opacity, position, overflow, clipPath, fontSize, fontWeight } = getComputedStyle(element);
    const made = ["::before", "::after"].map((name) => getComputedStyle(element, name).content);
    const words = element.childElementCount === 0 ? element.textContent : "";
    return [element.tagName, x, y, width, height, display, visibility, opacity === "0", position, overflow, clipPath, fontSize, fontWeight, words, ...made].join();
  }).join("\n");
  const onlyColours = !isFirst && appearance === here.appearanceBefore;
  here.appearanceBefore = appearance;
  const { violations } = await here.axe.run(document, { resultTypes: ["violations"], selectors: false, preload: false, ...(onlyColours ? { runOnly: aboutColours } : {}) });
  const problems = violations.map((/** @type {any} */ { id, nodes }) =>
    `${id}: ${nodes.slice(0, 3).map((/** @type {any} */ node) => `${node.html.slice(0, 120)} (${node.failureSummary.split("\n")[1]?.trim()})`).join(" | ")}${nodes.length > 3 ? ` and ${nodes.length - 3} more` : ""}`);
  return { isSo, problems };
}

/** @param {Page} page @returns {Promise<string>} what is wider than the page, if anything */
const overflow = (page) => page.evaluate(() => {
  const { scrollWidth } = /** @type {Element} */ (document.scrollingElement);
  if (scrollWidth <= innerWidth && innerWidth === 320) return "";
  const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > 320.5 && !element.closest(".scroll"));
  return `${scrollWidth} px wide in a window of ${innerWidth}: ${wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 100)).join(" | ")}`;
});
