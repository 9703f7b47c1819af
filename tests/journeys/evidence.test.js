// A page to hand to a supervisor: put together, printed as one sheet, and every number on it followed to where it was read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESK, House } from "./house.js";
import { enter } from "./places.js";
import { button, heading } from "./steps.js";

const CONSTRUCTS = ["depression", "anxiety", "stress", "self-compassion", "connection", "burnout", "altruism", "selfishness"];

test("a practitioner makes a page for a supervisor, prints it on one sheet, and each number leads to its cell", async (t) => {
  const house = await House.open("demo");
  t.after(() => house.close());
  const page = await house.device(DESK);
  await page.goto("/");
  await enter(page, "amira");
  await page.goto("/handouts");
  await page.getByLabel("What about").selectOption("depression");
  await page.getByRole("radio", { name: /^A supervisor/ }).check();
  await page.getByLabel("A line of your own").fill("I would like to try this with six people until Easter.");
  await button(page, "Show the page").click();
  await heading(page, "Depression");
  await page.getByText("I would like to try this with six people until Easter.").waitFor();
  await button(page, "Print").waitFor();
  assert.equal(await sheets(page), 1);

  const hrefs = await page.locator("a.traced").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  assert.ok(hrefs.length > 25, `${hrefs.length} numbers`);
  /** @type {Map<string, string>} studies by their path */
  const studies = new Map();
  /** @param {string} path @param {string} place @param {string} from */
  const stands = async (path, place, from) => {
    if (!studies.has(path)) studies.set(path, await (await page.request.get(path)).text());
    assert.ok(studies.get(path)?.includes(`id="${place}"`), `${from} leads to ${path}#${place}, which is not there`);
  };
  for (const href of new Set(hrefs)) {
    const [path, place] = href.split("#");
    if (path) {
      await stands(path, place, href);
      continue;
    }
    const cells = page.locator(`[id="${place}"] > li`);
    assert.ok((await cells.count()) > 0, `${href} leads to nothing`);
    const further = await cells.locator("a[href^='/evidence/studies/']").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
    for (const cell of further) await stands(...(/** @type {[string, string]} */ (cell.split("#"))), cell);
  }
  // What the sheet shows as digits in its statement are links, all of them.
  const loose = await page.locator(".sheet .statement > p").evaluateAll((paragraphs) =>
    paragraphs.flatMap((paragraph) => [...paragraph.childNodes].filter((node) => node.nodeType === 3 && /[0-9]/.test(node.textContent ?? "")).map((node) => node.textContent)));
  assert.deepEqual(loose, []);

  // A number that is tapped opens what it came from.
  await page.locator(".sheet .statement a.traced[href^='#']").first().click();
  await page.locator(".traces details[open]").first().waitFor();
  assert.equal(await page.locator(".traces details[open]").count(), 1);
});

test("every handout is one sheet", async (t) => {
  const house = await House.open("demo");
  t.after(() => house.close());
  const page = await house.device(DESK);
  await page.goto("/");
  await enter(page, "amira");
  const paths = ["/handouts/training", "/handouts/practices/circle-full", "/handouts/practices/soles-ground", "/handouts/programmes/compassion-2w", "/handouts/programmes/self-8w"];
  for (const construct of CONSTRUCTS) {
    for (const audience of ["client", "colleague", "supervisor"]) paths.push(`/handouts/${construct}?audience=${audience}`);
  }
  /** @type {string[]} */ const longer = [];
  for (const path of paths) {
    const answer = await page.goto(path);
    assert.equal(answer?.status(), 200, path);
    const count = await sheets(page);
    if (count !== 1) longer.push(`${path}: ${count}`);
  }
  assert.deepEqual(longer, []);
});

/** How many sheets of paper it takes. @param {import("playwright-core").Page} page */
async function sheets(page) {
  const printed = await page.pdf({ preferCSSPageSize: true });
  return printed.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}
