// A questionnaire: its words brought in, asked for, answered on a phone without a network, and a dark answer seen by somebody.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { finger, mouse } from "./hands.js";
import { DESK, House, PHONE, record } from "./house.js";
import { button, heading, joinToTreat, openClient, settleIn } from "./steps.js";

/** LOINC's codes of the items and of the answers. The words are this test's own. */
const ITEMS = ["44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8"];
const ANSWERS = ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"];
const LOINC = "http://loinc.org";
const ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue";

const questionnaire = () => ({
  resourceType: "Questionnaire", url: "http://example.org/phq", version: "1", status: "active", language: "en", title: "A made-up form",
  code: [{ system: LOINC, code: "44249-1" }],
  item: ITEMS.map((code, at) => ({
    linkId: `q${at + 1}`, type: "choice", text: `Item ${at + 1}`, code: [{ system: LOINC, code }],
    answerOption: ANSWERS.map((answer, value) => ({
      valueCoding: { system: LOINC, code: answer, display: `Answer ${value}`, extension: [{ url: ORDINAL, valueDecimal: value }] },
    })),
  })),
});

test("a PHQ-9 is brought in, asked for, answered without a network with its ninth item endorsed, and somebody looks", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const amira = await house.device(DESK);
  const ben = await house.device(PHONE);
  await settleIn(house, amira, ben);
  const noor = await house.device(DESK);
  await joinToTreat(noor, mouse, (await house.invite("Noor", "practitioner")).link, { name: "Noor", signInName: "noor" });

  // Somebody is named who looks at such answers, and Ben agrees that she is told.
  await amira.goto("/clinic/contact");
  await amira.getByLabel("Who looks").selectOption({ label: "Amira" });
  await amira.getByLabel("Who is next, when nobody looked in time").selectOption({ label: "Noor" });
  await amira.getByLabel("Their hours, in words").fill("every day from 0 to 24");
  for (const day of await amira.locator("input[name=weekday]").all()) await mouse.tick(day);
  await amira.getByLabel("From", { exact: true }).fill("00:00");
  await amira.getByLabel("Until", { exact: true }).fill("23:59");
  await amira.getByLabel("Time zone").fill("Europe/Madrid");
  await amira.getByLabel("Within how many of these hours").fill("4");
  await mouse.tick(amira.locator("input[name=risk_items]"));
  await mouse.press(button(amira, "Keep these"));
  await ben.goto("/me#consent");
  await ben.getByRole("button", { name: "Agree to: Being contacted if I seem to be at risk" }).tap();

  // The words come from a file, are looked at, and kept.
  const file = join(house.data, "made-up.json");
  await writeFile(file, JSON.stringify(questionnaire()));
  await amira.goto("/questionnaires");
  await amira.locator("input[type=file]").setInputFiles(file);
  await mouse.press(button(amira, "Look at it"));
  await amira.getByText("Item 9").first().waitFor();
  await mouse.press(button(amira, "Keep these words"));
  await heading(amira, "PHQ-9");

  // Asked for, before a meeting tomorrow.
  await openClient(amira, mouse, "Ben");
  const place = new URL(amira.url()).pathname;
  await amira.goto(`${place}/measures`);
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await amira.getByLabel("What", { exact: true }).selectOption({ label: "PHQ-9" });
  await amira.getByLabel("Needed by").fill(tomorrow);
  await amira.getByLabel("At", { exact: true }).fill("12:00");
  await mouse.press(button(amira, "Ask"));
  await amira.getByText("Waiting for an answer").waitFor();

  // Ben begins it and goes back to Today: it stands there once, with how far it came.
  await ben.goto("/today");
  await ben.locator('a[href^="/measures/phq-9"]').first().tap();
  await finger.tick(ben.locator('#item-1 input[value="2"]'));
  await ben.getByText("Kept on this phone as you go.").waitFor();
  await ben.goto("/today");
  await ben.getByText("Begun on this phone, 1 of 9 answered.").waitFor();
  assert.equal(await ben.locator('a[href^="/measures/phq-9"]').count(), 1, "once");

  // He opens it again, and the network goes.
  await ben.locator('a[href^="/measures/phq-9"]').first().tap();
  // The script makes it when all it needs is there.
  await button(ben, "Next").waitFor();
  await ben.waitForLoadState("load");
  await house.stop();
  const answers = [2, 1, 2, 3, 1, 0, 2, 1, 1];
  for (const [at, answer] of answers.entries()) {
    if (at === 4) {
      // The tab dies half-way. Nothing of it is lost, though without a network the page itself cannot come back yet.
      const draft = await drafts(ben);
      assert.deepEqual(draft.record.answers.slice(0, 4), answers.slice(0, 4), "kept on the phone as she goes");
    }
    await finger.tick(ben.locator(`#item-${at + 1} input[value="${answer}"]`));
    await finger.press(button(ben, "Next"));
  }
  await finger.press(ben.locator("[data-finish] button[type=submit]"));

  // Help comes first, without a network; nobody is thanked.
  const help = ben.locator("section.help-first");
  await help.waitFor();
  await help.getByText("Amira will find a note that something asks for a look").waitFor();
  await ben.getByText("They are on this phone, and will be sent when there is a network.").waitFor();
  const said = await ben.locator("main").innerText();
  assert.ok(!/thank|well done|great/i.test(said), said);

  await house.start();
  await ben.getByText("They have arrived.").waitFor();
  await help.getByText("Your answers have arrived, and a note that something asks for a look is there for Amira.").waitFor();
  assert.ok(!/When your answers arrive/.test(await ben.locator("main").innerText()), "what is said is so now");
  const [response] = (await record(ben)).responses;
  assert.equal(response.scores.total, 13);
  assert.deepEqual(response.answers, answers);
  assert.deepEqual({ risk: response.risk, told: response.told }, { risk: true, told: "Amira" });

  // Amira is told that there is something, looks, and says so.
  await amira.goto("/caseload");
  await heading(amira, "An alert waits for you");
  await mouse.press(amira.getByRole("link", { name: "Look", exact: true }));
  const alert = amira.locator("article.card", { hasText: "Ben" });
  await mouse.press(alert.getByRole("link", { name: "Read the answer of Ben" }));
  await amira.getByText("An answer about risk").first().waitFor();
  assert.match(amira.url(), /\/responses\/[0-9a-f-]{36}$/);
  await amira.goto("/alerts");
  await mouse.write(alert.getByLabel("A short note, if you like"), "I rang.");
  await mouse.press(alert.getByRole("button", { name: "I have seen it" }));
  await amira.getByText("Nothing waits for you.").waitFor();

  // Five weeks ago it was 20, on paper; the picture shows both where they belong, and says what the difference is.
  await amira.goto(`${place}/measures/phq-9`);
  await amira.getByLabel("The day it was filled in").fill(new Date(Date.now() - 35 * 86_400_000).toISOString().slice(0, 10));
  await amira.locator("#item-1").focus();
  await amira.keyboard.type("322322330");
  await mouse.press(button(amira, "Keep these answers"));
  await amira.waitForURL("**/responses/*");
  await amira.goto(`${place}/progress`);
  const picture = amira.locator("svg", { has: amira.locator("#phq-9-text") }).first();
  await picture.waitFor();
  assert.match((await picture.locator("#phq-9-text").textContent()) ?? "", /^2 scores, from 20 on .+ to 13 on /);
  const heights = await picture.locator("circle").evaluateAll((circles) => circles.map((circle) => Number(circle.getAttribute("cy"))));
  assert.ok(heights.length >= 2 && heights[0] < heights[heights.length - 1], `a higher score stands higher: ${heights}`);
});

/** The draft in the outbox of this phone. @param {import("playwright-core").Page} page */
const drafts = (page) => page.evaluate(() => new Promise((done, fail) => {
  const opening = indexedDB.open("kith");
  opening.onerror = () => fail(opening.error);
  opening.onsuccess = () => {
    const all = opening.result.transaction("outbox").objectStore("outbox").getAll();
    all.onsuccess = () => done(all.result.find((entry) => entry.state === "draft"));
  };
}));
