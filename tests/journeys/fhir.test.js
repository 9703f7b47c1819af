// FHIR R4 as other people's programs see it: every kind of resource is read by two validators, and a client that knows nothing of
// Kith pages through answers and sends some. Real output of the real program; the words of the questionnaire are made up.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Fhir } from "fhir";
import { House } from "./house.js";

const run = promisify(execFile);
const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const PYTHON = join(REPOSITORY, "target/fhir/venv/bin/python");
const PHQ = ["44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8"];
const ANSWERS = ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"];
const SCOPES = ["Patient", "Questionnaire", "QuestionnaireResponse", "Observation", "CarePlan"];

/** A PHQ-9 with made-up words, as a clinic might bring it in. */
const WORDS = {
  resourceType: "Questionnaire", url: "http://loinc.org/q/44249-1", version: "1", status: "active", language: "en", title: "PHQ-9",
  code: [{ system: "http://loinc.org", code: "44249-1" }],
  item: PHQ.map((code, place) => ({
    linkId: `/${code}`, type: "choice", text: `Item ${place + 1}`, code: [{ system: "http://loinc.org", code }],
    answerOption: ANSWERS.map((answer, value) => ({
      extension: [{ url: "http://hl7.org/fhir/StructureDefinition/ordinalValue", valueDecimal: value }],
      valueCoding: { system: "http://loinc.org", code: answer, display: `Answer ${value}` },
    })),
  })),
};

/** @param {House} house @param {string} name */
async function enter(house, name) {
  const answer = await fetch(`${house.url}/demo/entry`, {
    method: "POST", redirect: "manual", headers: { origin: house.url }, body: new URLSearchParams({ name }),
  });
  assert.equal(answer.status, 303);
  const cookie = answer.headers.getSetCookie()[0].split(";")[0];
  return (/** @type {string} */ path, /** @type {any} */ body) => {
    const headers = { cookie, origin: house.url, ...(typeof body === "string" ? { "content-type": "application/json" } : {}) };
    return fetch(house.url + path, { method: body ? "POST" : "GET", redirect: "manual", headers, body });
  };
}

/** A house in which Ben has agreed and answered, and what it takes to ask it. @param {import("node:test").TestContext} t */
async function furnished(t) {
  const house = await House.open("demo");
  t.after(() => house.close());
  const file = join(house.data, "words.json");
  await writeFile(file, JSON.stringify(WORDS));
  await house.kith("items", "import", file, "--json");
  const ben = await enter(house, "ben");
  assert.equal((await ben("/me/consent/systems", new URLSearchParams())).status, 303);
  const responses = [];
  const add = (/** @type {string} */ instrument, /** @type {(number|null)[]} */ answers) => {
    const number = responses.length + 1;
    const id = `018f3a5c-7b00-7000-8000-${String(number).padStart(12, "0")}`;
    responses.push({ id, instrument, answered_at: Date.now() - (100 - number) * 3_600_000, answers });
  };
  for (let week = 0; week < 7; week += 1) add("phq-9", [3, 2, null, 2, 1, week % 3, 1, 0, 0]);
  add("dass-21", Array(21).fill(2));
  add("swemwbs", Array(7).fill(4));
  add("k6", [0, 1, 2, 3, 4, 0]);
  add("connection", [6]);
  const kept = await ben("/responses", JSON.stringify(responses));
  assert.equal(kept.status, 200, await kept.clone().text());

  const olu = await enter(house, "olu");
  const form = new URLSearchParams({ name: "Clinic records", days: "30", whose: "everybody" });
  for (const kind of SCOPES) form.append("scope", `system/${kind}.rs`);
  form.append("scope", "system/QuestionnaireResponse.c");
  const page = await (await olu("/clinic/systems", form)).text();
  const token = /id="token"[^>]*value="([0-9a-f]{64})"/.exec(page)?.[1];
  assert.ok(token, page);
  const fhir = (/** @type {string} */ path, /** @type {RequestInit} */ more = {}) =>
    fetch(`${house.url}/fhir${path}`, {
      ...more, headers: { authorization: `Bearer ${token}`, "content-type": "application/fhir+json", ...more.headers },
    });
  return { house, ben, fhir, token, responses };
}

/** What npm's fhir finds wrong with a resource. @param {any} resource */
function faults(resource) {
  const found = new Fhir().validate(resource, { errorOnUnexpected: true });
  return found.messages
    .filter((message) => ["error", "fatal"].includes(message.severity ?? ""))
    .map((message) => `${resource.resourceType}/${resource.id}: ${message.location}: ${message.message}`);
}

test("two validators find nothing wrong with what leaves", async (t) => {
  const { house, ben, fhir } = await furnished(t);
  const folder = join(house.data, "fhir");
  await mkdir(folder);
  const kinds = new Map();
  const keep = async (/** @type {string} */ name, /** @type {any} */ resource) => {
    assert.deepEqual(faults(resource), [], name);
    kinds.set(resource.resourceType, (kinds.get(resource.resourceType) ?? 0) + 1);
    for (const entry of resource.entry ?? []) {
      assert.deepEqual(faults(entry.resource), [], name);
      kinds.set(entry.resource.resourceType, (kinds.get(entry.resource.resourceType) ?? 0) + 1);
    }
    await writeFile(join(folder, `${name}.json`), JSON.stringify(resource));
  };
  await keep("metadata", await (await fhir("/metadata")).json());
  for (const kind of SCOPES) {
    const bundle = await (await fhir(`/${kind}?_count=100`)).json();
    assert.ok(bundle.total > 0, `${kind}: ${bundle.total}`);
    await keep(kind, bundle);
  }
  await keep("outcome", await (await fhir("/Patient/nobody")).json());
  await keep("page", await (await fhir("/QuestionnaireResponse?_count=2")).json());
  await keep("record", await (await ben("/me/record.fhir.json")).json());
  const patient = (await (await fhir("/Patient")).json()).entry[0].resource.id;
  const endorsed = {
    resourceType: "QuestionnaireResponse", status: "completed", questionnaire: "http://loinc.org/q/44249-1|1",
    subject: { reference: `Patient/${patient}` }, authored: "2026-11-01",
    item: PHQ.map((code) => ({ linkId: `/${code}`, answer: [{ valueCoding: { system: "http://loinc.org", code: ANSWERS[1] } }] })),
  };
  const created = await fhir("/QuestionnaireResponse", { method: "POST", body: JSON.stringify(endorsed) });
  assert.equal(created.status, 201);
  await keep("created", await created.json());
  const where = /** @type {string} */ (created.headers.get("location"));
  await keep("sent", await (await fhir(where.split("/fhir")[1])).json());
  for (const kind of [...SCOPES, "Bundle", "CapabilityStatement", "OperationOutcome"]) assert.ok(kinds.get(kind) > 0, kind);

  const exported = await house.kith("export", "--clinic", "--format", "fhir", "--to", join(folder, "export"), "--json");
  assert.equal(exported.files.length, SCOPES.length);
  for (const { path, rows } of exported.files) {
    const lines = (await readFile(path, "utf8")).split("\n").filter(Boolean);
    assert.equal(lines.length, rows);
    for (const line of lines) assert.deepEqual(faults(JSON.parse(line)), [], path);
  }
  assert.equal((await readdir(join(folder, "export"))).length, SCOPES.length);
  // The validator does find what is wrong.
  assert.notDeepEqual(faults({ resourceType: "Observation", status: "done", code: {}, feeling: 1 }), []);

  if (!existsSync(PYTHON)) return t.diagnostic("fhir.resources is not installed (bin/setup says why), so it was not asked");
  const told = await run(PYTHON, [join(REPOSITORY, "tests/fhir/validate.py"), folder]).catch((error) => error);
  const { read, wrong } = JSON.parse(told.stdout);
  assert.deepEqual(wrong, []);
  for (const kind of ["Bundle", "CapabilityStatement", "OperationOutcome", ...SCOPES]) assert.ok(read[kind] > 0, kind);
});

test("a client that knows nothing of Kith pages through answers and sends some", async (t) => {
  const { house, ben, fhir, token, responses } = await furnished(t);
  if (!existsSync(PYTHON)) return t.skip("fhirpy is not installed (bin/setup says why)");
  const patient = (await (await fhir("/Patient")).json()).entry[0].resource.id;
  const before = (await (await ben("/me/record.json")).json()).responses;
  for (const { id } of responses) assert.ok(before.some((/** @type {any} */ one) => one.id === id));
  const client = [join(REPOSITORY, "tests/fhir/client.py"), `${house.url}/fhir`, token, patient];
  const { stdout } = await run(PYTHON, client);
  const said = JSON.parse(stdout);
  assert.deepEqual(said.found, before.map((/** @type {any} */ one) => one.id));
  assert.equal(said.total, before.length);
  assert.equal(said.first.subject.reference, `Patient/${patient}`);
  const totals = before.filter((/** @type {any} */ one) => one.instrument === "phq-9").map((/** @type {any} */ one) => one.total);
  assert.deepEqual(said.scores, totals);
  // Nine over eight answered items, for nine.
  assert.ok(totals.includes((9 * 9) / 8));
  const record = await (await ben("/me/record.json")).json();
  const kept = record.responses.find((/** @type {any} */ one) => one.id === said.sent);
  assert.deepEqual([kept.instrument, kept.answers, kept.way], ["connection", [7], "fhir"]);
  assert.ok(record.seen_by.some((/** @type {any} */ one) => one.action === "let the system “Clinic records” add answers"));

  // From the moment she takes it back, nothing is there.
  assert.equal((await ben("/me/consent/systems/withdrawal", new URLSearchParams())).status, 303);
  assert.equal((await fhir(`/Patient/${patient}`)).status, 404);
  assert.equal((await (await fhir("/QuestionnaireResponse")).json()).total, 0);
});
