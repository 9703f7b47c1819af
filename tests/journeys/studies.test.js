// A paper comes in as a reference, gets its figures, is read by a colleague, and only then stands in the forest.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESK, House } from "./house.js";
import { enter } from "./places.js";
import { button, heading } from "./steps.js";

const RIS = `TY  - JOUR
AU  - Okoye, Ada
AU  - Lindqvist, Per
PY  - 2025
TI  - Kind letters to oneself: a small trial
T2  - Journal of Small Trials
VL  - 3
DO  - 10.5555/okoye.2025
UR  - https://example.org/okoye
ER  - 
TY  - JOUR
AU  - Eriksson, Terese
PY  - 2018
TI  - Mindful self-compassion training
DO  - 10.3389/fpsyg.2018.02340
ER  - 
`;

/** How many trials the pool on depression has. @param {import("playwright-core").Page} page */
async function trials(page) {
  await page.goto("/evidence/depression?audience=supervisor");
  return page.locator("svg.forest g.trial").count();
}

test("a researcher brings in a reference and adds its figures; it counts once a colleague has read it, and stays to be cited", async (t) => {
  const house = await House.open("demo");
  t.after(() => house.close());
  const ema = await house.device(DESK);
  await ema.goto("/");
  await enter(ema, "ema");
  const before = await trials(ema);

  await ema.goto("/evidence/imports");
  await ema.getByLabel("File", { exact: true }).setInputFiles({ name: "refs.ris", mimeType: "application/x-research-info-systems", buffer: Buffer.from(RIS) });
  await button(ema, "Look at it").click();
  await heading(ema, "Look at this file");
  await ema.getByText("Here already, as").waitFor();
  assert.equal(await ema.locator("input[name=keep]:checked").count(), 1, "what is here is not ticked");
  await button(ema, "Keep drafts of what is ticked").click();
  await heading(ema, "Studies that wait");
  await ema.getByRole("link", { name: "Okoye, Lindqvist, 2025" }).click();
  await ema.getByRole("link", { name: "Go on with it" }).click();

  /** @param {string} label @param {string} value */
  const fill = (label, value) => ema.getByLabel(label, { exact: true }).first().fill(value);
  /** @param {string} label @param {string} value */
  const choose = (label, value) => ema.getByLabel(label, { exact: true }).first().selectOption(value);
  assert.equal(await ema.getByLabel("Title", { exact: true }).inputValue(), "Kind letters to oneself: a small trial");
  await choose("How far it was checked", "full-text");
  await choose("How it was made", "waitlist-rct");
  await choose("What was trained", "self-compassion");
  await choose("Who took part", "adults");
  await choose("Where they took part", "community");
  await fill("Who took part, in words", "adults, Nigeria");
  await fill("What was done", "letters to oneself, one week");
  await fill("Compared with", "waiting list");
  await choose("Kind of comparison", "passive");
  await fill("People who trained", "40");
  await fill("People who did not", "42");
  await button(ema, "Another thing it found").click();
  await choose("What was measured", "depression");
  await choose("Kind of figure", "hedges-g");
  await fill("Figure", "-0.5");
  await choose("Whom it favours", "treatment");
  await fill("Where in it did you read the figures", "Table 2, page 7");
  await button(ema, "Offer it for reading").click();
  // The sign is looked at before anybody else has to.
  await ema.getByRole("alert").getByText("A positive figure means improvement here").waitFor();
  await fill("Figure", "0.5");
  await button(ema, "Offer it for reading").click();
  await ema.getByText("waits for a second pair of eyes").first().waitFor();
  const address = new URL(ema.url()).pathname;
  assert.equal(address, "/evidence/studies/okoye2025/versions/2");
  assert.equal(await button(ema, "I have read it: it counts").count(), 0, "nobody reads her own");
  assert.equal(await trials(ema), before, "it counts nowhere yet");

  const noor = await house.device(DESK);
  await noor.goto("/");
  await enter(noor, "amira");
  await noor.goto("/evidence/waiting");
  await noor.getByRole("link", { name: "Okoye, Lindqvist, 2025" }).click();
  await noor.getByText("Read in: Table 2, page 7").waitFor();
  await button(noor, "I have read it: it counts").click();
  await heading(noor, "Kind letters to oneself: a small trial");
  await noor.getByText("was written in this clinic (version 2)").waitFor();
  assert.equal(await trials(noor), before + 1);
  await noor.locator("svg.forest text.name", { hasText: "Okoye 2025" }).waitFor();
  await noor.getByText("was written or corrected in this clinic").waitFor();

  // Both versions can be read as they were.
  await noor.goto(`${address}/differences`);
  await noor.getByRole("row", { name: /depression: Figure/ }).getByText("0.5", { exact: true }).waitFor();
  await noor.goto("/evidence/studies/okoye2025/versions/1");
  await noor.getByText("Brought in from refs.ris (ris), line 1.").waitFor();
});
