// Makes the pictures of the README from the demo: node tests/journeys/pictures.js
import { mkdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { DESK, House, PHONE } from "./house.js";
import { enter } from "./places.js";
import { button, inState } from "./steps.js";

const FOLDER = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const SHARP = { deviceScaleFactor: 1.5 };

await mkdir(FOLDER, { recursive: true });
const house = await House.open("demo");
try {
  const phone = await house.device({ ...PHONE, ...SHARP });
  await enter(phone, "ben");
  await phone.goto("/today");
  await keep(phone, "today");

  await phone.goto("/practise/wish-loved-one?minutes=5");
  await inState(phone, "ready");
  await button(phone, "Begin").tap();
  await inState(phone, "playing");
  await phone.locator("[data-caption]:not(:empty)").waitFor();
  for (let cues = 0; cues < 4; cues += 1) await phone.keyboard.press("ArrowRight");
  // The focus ring is for whoever uses the keys.
  await phone.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
  await keep(phone, "practising");

  const desk = await house.device({ ...DESK, ...SHARP });
  await enter(desk, "amira");
  await desk.goto("/caseload");
  await keep(desk, "caseload");
  await desk.getByRole("row", { name: /Ben/ }).getByRole("link").first().click();
  await desk.waitForURL("**/clients/*");
  await desk.setViewportSize({ width: DESK.viewport.width, height: 1120 });
  await keep(desk, "client");
} finally {
  await house.close();
}

/** @param {import("playwright-core").Page} page @param {string} name */
async function keep(page, name) {
  const path = `${FOLDER}${name}.png`;
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path, animations: "disabled" });
  console.log(`docs/pictures/${name}.png, ${Math.round((await stat(path)).size / 1024)} KB`);
}
