import assert from "node:assert/strict";
import { test } from "node:test";
import { whereWords } from "../../static/js/measures/ending.js";
import { Keeping } from "../../static/js/measures/keeping.js";
import { actionFor, valueFor } from "../../static/js/measures/keys.js";
import { isFull, mayBe } from "../../static/js/measures/paper.js";
import { sendDirect } from "../../static/js/measures/direct.js";
import { follows, gaps, isEndorsed, makeResponse, reached, reviewWords, score } from "../../static/js/measures/sheet.js";
import { memoryStore, Outbox } from "../../static/js/player/outbox.js";
import { sync } from "../../static/js/player/sync.js";
import { waitingWords } from "../../static/js/player/words.js";

const choice = { values: [0, 1, 2, 3], slider: false, risk_from: null, turned: false };
const slider = { values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], slider: true, risk_from: null, turned: false };
const sheetOf = (items, more = {}) => ({ measure: "phq-9", title: "A form", order: "", questionnaire: "q-1", items, rules: [], recent: [], ...more });
const three = sheetOf([choice, choice, { ...choice, risk_from: 1 }]);
const distress = sheetOf([slider], { measure: "practice-distress", questionnaire: "", rules: [{ at: 7, rule: ">=", times: 1, of_last: 1, offer: null, then: ["grounding", "help"] }, { at: 4, rule: ">=", times: 2, of_last: 3, offer: null, then: ["gentler-kind"] }] });

function setUp(sheet = three, store = memoryStore()) {
  const outbox = new Outbox(store);
  let ids = 0;
  const make = () => new Keeping({ outbox: Promise.resolve(outbox), person: "ben", sheet, path: "/measures/phq-9", makeId: () => `id-${(ids += 1)}`, now: () => new Date("2026-11-23T12:00:00Z") });
  return { outbox, store, keeping: make(), another: make };
}
const states = async (outbox) => (await outbox.list("ben")).map(({ id, state, kind, record }) => [id, state, kind ?? "sitting", record.answers]);

test("an answer about risk calls for help at once, whatever else is empty", () => {
  for (const [answers, risk] of [[[null, null, null], false], [[3, 3, 0], false], [[null, null, 1], true], [[0, 0, 3], true]]) {
    assert.equal(isEndorsed(three, answers), risk, String(answers));
    assert.equal(follows(three, answers).help, risk);
  }
});

test("a check-in's rules are read as the server reads them, with the scores of before", () => {
  const rule = { at: 4, rule: ">=", times: 2, of_last: 3, offer: null, then: [] };
  for (const [scores, met] of [[[4], false], [[4, 4], true], [[4, 0, 4], true], [[4, 0, 0, 4], false], [[4, 4, 0], false]]) {
    assert.equal(reached([rule], scores).length === 1, met, String(scores));
  }
  const low = { at: 3, rule: "<=", times: 2, of_last: 3, offer: "phq-2", then: ["other-kind"] };
  assert.equal(reached([low], [2, 3]).length, 1);
  assert.deepEqual(follows(distress, [9]), { help: true, risk: false, then: ["grounding", "help"], offer: null });
  assert.deepEqual(follows({ ...distress, recent: [5] }, [5]).then, ["gentler-kind"]);
  assert.deepEqual(follows(distress, [null]), { help: false, risk: false, then: [], offer: null });
});

test("a check-in's score turns what is turned and is none with a gap", () => {
  const two = sheetOf([slider, { ...slider, turned: true }]);
  assert.equal(score(two, [4, 2]), 6);
  assert.equal(score(two, [4, null]), null);
});

test("what is empty is told, and nobody is pressed", () => {
  assert.deepEqual(gaps([0, null, 2, null]), [2, 4]);
  assert.equal(reviewWords([], 9), "All 9 are answered.");
  assert.equal(reviewWords([3], 9), "One question of 9 is empty. You can go back to it, or keep the rest as it is.");
  assert.equal(reviewWords([2, 4], 4), "2 questions of 4 are empty. You can go back to them, or keep the rest as it is.");
  assert.equal(reviewWords([1], 1), "Nothing is answered yet. One answer is enough.");
});

test("the record is what the server takes, and nothing more", () => {
  const record = makeResponse({ id: "x", sheet: three, answers: [0, null, 1], answeredAt: "2026-11-23T12:00:00+01:00" });
  assert.deepEqual(record, { id: "x", instrument: "phq-9", answered_at: "2026-11-23T12:00:00+01:00", answers: [0, null, 1], questionnaire: "q-1" });
  assert.equal(makeResponse({ id: "x", sheet: sheetOf([choice], { order: "worth-first" }), answers: [1], answeredAt: "" }).order, "worth-first");
});

test("every answer is kept at once, and found again at its place", async () => {
  const { outbox, keeping, another } = setUp();
  assert.equal(await keeping.resume(), null);
  assert.equal(await keeping.save([1, null, null], 1), true);
  assert.equal(await keeping.save([1, 2, null], 2), true);
  assert.deepEqual(await states(outbox), [["id-1", "draft", "response", [1, 2, null]]]);
  const after = another();
  assert.deepEqual(await after.resume(), { answers: [1, 2, null], place: 2 });
  await after.save([1, 2, 0], 3);
  assert.deepEqual(await states(outbox), [["id-1", "draft", "response", [1, 2, 0]]], "the same one goes on");
  const [draft] = await outbox.list("ben", "draft", "response");
  assert.deepEqual(draft.draft, { place: 3, title: "A form", path: "/measures/phq-9" });
});

test("a draft of other words, or of another person, is not taken up", async () => {
  const { outbox, keeping, store } = setUp();
  await keeping.save([1, 2, 0], 3);
  for (const sheet of [sheetOf([choice, choice, choice], { questionnaire: "q-2" }), sheetOf([choice, choice])]) {
    assert.equal(await setUp(sheet, store).keeping.resume(), null);
  }
  await outbox.saveResponse("amira", { id: "a", instrument: "phq-9", answered_at: "", answers: [1, 1, 1], questionnaire: "q-1" }, { place: 1, title: "", path: "" }, true);
  assert.deepEqual((await setUp(three, store).keeping.resume())?.answers, [1, 2, 0]);
});

test("answers half-way are never sent by themselves, unlike a sitting", async () => {
  const { outbox, keeping } = setUp();
  await keeping.save([1, null, null], 1);
  await outbox.begin("ben", { id: "s", practice: "p", revision: "r", started_at: "", minutes: 1, seconds_heard: 60, finished: true, fit: null, effect: null, barrier: null });
  assert.equal(await outbox.finaliseDrafts("ben"), 1);
  assert.deepEqual((await states(outbox)).map(([id, state]) => `${id} ${state}`), ["id-1 draft", "s ready"]);
});

test("finished it is ready, once; and a draft thrown away elsewhere does not come back", async () => {
  const { outbox, keeping, another } = setUp();
  await keeping.save([1, null, null], 1);
  assert.deepEqual(await keeping.finish([1, 2, 0]), { id: "id-1", was: "kept" });
  assert.deepEqual(await states(outbox), [["id-1", "ready", "response", [1, 2, 0]]]);
  assert.equal(await keeping.save([3, 3, 3], 3), false);
  assert.deepEqual(await keeping.finish([3, 3, 3]), { id: "id-1", was: "elsewhere" });
  assert.deepEqual((await states(outbox))[0][3], [1, 2, 0]);
  const other = another();
  await other.save([0, 0, 0], 1);
  await outbox.remove(["id-2"]);
  assert.equal(await other.save([0, 0, 1], 1), false);
  assert.equal((await other.finish([0, 0, 1])).was, "elsewhere");
});

test("two windows that finish one draft with the same answers have kept it, and the second says so", async () => {
  const { outbox, keeping, another } = setUp();
  await keeping.save([1, 2, null], 2);
  const second = another();
  await second.resume();
  assert.equal(second.id, "id-1");
  const both = await Promise.all([keeping.finish([1, 2, 0]), second.finish([1, 2, 0])]);
  assert.deepEqual(both, [{ id: "id-1", was: "kept" }, { id: "id-1", was: "kept" }]);
  assert.deepEqual(await states(outbox), [["id-1", "ready", "response", [1, 2, 0]]]);
});

test("begun again, the first is gone and the next is another", async () => {
  const { outbox, keeping } = setUp();
  await keeping.save([1, 1, 1], 3);
  await keeping.drop();
  assert.deepEqual(await states(outbox), []);
  await keeping.save([2, null, null], 1);
  assert.deepEqual(await states(outbox), [["id-2", "draft", "response", [2, null, null]]]);
});

test("writes follow one another however slow the first is, and none after a sign-out", async () => {
  const { outbox, keeping, store } = setUp();
  const real = store.put;
  store.put = async (entry) => {
    store.put = real;
    await new Promise((resolve) => setTimeout(resolve, 10));
    return real(entry);
  };
  const writes = [keeping.save([1, null, null], 1), keeping.save([1, 2, null], 2)];
  await Promise.all(writes);
  await keeping.stop();
  await keeping.save([1, 2, 3], 3);
  assert.deepEqual((await states(outbox))[0][3], [1, 2, null]);
});

test("a store that fails once fails that write and not the next", async () => {
  const { outbox, keeping, store } = setUp();
  const real = store.put;
  store.put = async () => { throw new Error("quota"); };
  await assert.rejects(keeping.save([1, null, null], 1));
  store.put = real;
  assert.equal(await keeping.save([1, 2, null], 2), true);
  assert.equal((await outbox.list("ben")).length, 1);
});

const answer = (status, body) => new Response(JSON.stringify(body), { status });
const sitting = { id: "s", practice: "p", revision: "r", started_at: "", minutes: 1, seconds_heard: 60, finished: true, fit: null, effect: null, barrier: null };

test("one outbox sends each kind to its own place, answers first", async () => {
  const { outbox, keeping } = setUp();
  await keeping.finish([1, 2, 1]);
  await outbox.finish("ben", sitting);
  const places = [];
  const fetch = async (url, init) => {
    places.push(url);
    const ids = JSON.parse(init.body).map(({ id }) => id);
    return url === "/responses" ? answer(200, { kept: ids.map((id) => ({ id, scores: {}, help: true })), refused: [] }) : answer(200, { kept: ids, refused: [] });
  };
  const outcome = await sync({ outbox, fetch, person: "ben" });
  assert.deepEqual(places, ["/responses", "/sittings"]);
  assert.deepEqual(outcome, { kept: ["id-1", "s"], refused: [], waiting: 0, reason: null, help: ["id-1"] });
  assert.deepEqual(await outbox.list("ben"), []);
});

test("what is amiss with one place does not hold up the other, and loses nothing", async () => {
  const { outbox, keeping } = setUp();
  await keeping.finish([1, 2, 1]);
  await outbox.finish("ben", sitting);
  const fetch = async (url) => (url === "/responses" ? answer(500, {}) : answer(200, { kept: ["s"], refused: [] }));
  const outcome = await sync({ outbox, fetch, person: "ben" });
  assert.deepEqual([outcome.kept, outcome.waiting, outcome.reason], [["s"], 1, "later"]);
  const signedOut = await sync({ outbox, fetch: async () => answer(401, {}), person: "ben" });
  assert.deepEqual([signedOut.waiting, signedOut.reason], [1, "sign-in"]);
});

test("refused answers stay with their reason and can be tried again as what they are", async () => {
  const { outbox, keeping } = setUp();
  await keeping.finish([1, 2, 1]);
  const fetch = async () => answer(422, { kept: [], refused: [{ id: "id-1", why: "No such form." }] });
  await sync({ outbox, fetch, person: "ben" });
  await outbox.retry("id-1");
  const urls = [];
  await sync({ outbox, fetch: async (url) => { urls.push(url); return answer(200, { kept: [{ id: "id-1" }], refused: [] }); }, person: "ben" });
  assert.deepEqual(urls, ["/responses"]);
});

test("digits answer: by their own number, by place where numbers are long, and 1 then 0 is ten on a slider", () => {
  for (const [digit, item, before, value] of [
    ["2", choice, "", 2], ["4", choice, "", null], ["0", slider, "1", 10], ["0", slider, "", 0], ["0", slider, "2", 0], ["1", slider, "1", 1],
    ["0", choice, "1", 0], ["1", { values: [5, 4, 3], slider: false }, "", null], ["2", { values: [0.5, 1.5, 2.5], slider: false }, "", 1.5],
  ]) assert.equal(valueFor(digit, item, before), value, `${digit} after ${before}`);
});

test("keys: on, back, and never what belongs to another", () => {
  const press = (key, more = {}) => actionFor({ key, target: null, ...more }, choice, "");
  assert.deepEqual(press("3"), { kind: "pick", value: 3 });
  for (const key of ["Enter", "ArrowRight"]) assert.deepEqual(press(key), { kind: "next" });
  for (const key of ["Backspace", "ArrowLeft"]) assert.deepEqual(press(key), { kind: "back" });
  for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { isComposing: true }, { defaultPrevented: true }]) assert.equal(press("3", more), null);
  const within = (selector) => ({ closest: (asked) => (asked.split(", ").includes(selector) ? {} : null) });
  assert.equal(actionFor({ key: "Enter", target: within("button") }, choice, ""), null);
  assert.equal(actionFor({ key: "3", target: within("select") }, choice, ""), null);
  assert.equal(actionFor({ key: "ArrowRight", target: within("input[type=radio]") }, slider, ""), null, "a row of buttons has its own arrows");
  assert.equal(actionFor({ key: "3", target: null }, null, ""), null);
});

test("from paper: a box is full when no longer answer begins like it", () => {
  const allowed = ["0", "1", "10", "2"];
  assert.deepEqual(["0", "1", "10", "2", "3", ""].map((text) => isFull(text, allowed)), [true, false, true, true, false, false]);
  assert.deepEqual(["", "-", "1", "10", "3", "00"].map((text) => mayBe(text, allowed)), [true, true, true, true, false, false]);
});

test("where the answers are is said as it is, and nobody is thanked", () => {
  const entry = { id: "x", person: "ben", state: "ready", record: {} };
  const later = { kept: [], refused: [], waiting: 1, reason: "later" };
  const cases = [
    [later, undefined, true, "They have arrived."],
    [later, entry, true, "They are on this phone, and will be sent when there is a network."],
    [{ ...later, reason: "sign-in" }, entry, true, "They are on this phone, and will be sent when you sign in again."],
    [later, entry, false, "They have not arrived yet. This browser keeps nothing itself: please leave this page open."],
    [later, { ...entry, state: "refused", why: "Too old." }, true, "What was sent from here could not be taken. Too old. It stays on this phone."],
  ];
  for (const [outcome, one, lasting, words] of cases) assert.equal(whereWords(outcome, one, lasting), words);
});

test("what waits on this phone is told for both kinds", () => {
  assert.equal(waitingWords(1, "later", 0), "1 sitting is kept on this phone and will be sent when there is a network.");
  assert.equal(waitingWords(0, "later", 1), "Your answers are kept on this phone and will be sent when there is a network.");
  assert.equal(waitingWords(2, "sign-in", 3), "2 sittings and your answers to 3 sets of questions are kept on this phone and will be sent when you sign in again.");
  assert.equal(waitingWords(0, "later", 0), "");
});

test("by a link: kept, to be tried again, or not to be taken", async () => {
  const form = { action: "/asked/x" };
  globalThis.FormData = class { *[Symbol.iterator]() { yield ["item-1", "1"]; } };
  const sent = (reply) => sendDirect(form, async (url, init) => { assert.equal(String(init.body), "item-1=1&gaps=known"); return reply(); });
  assert.deepEqual(await sent(() => answer(200, { kept: true, help: true })), { kept: true, help: true, why: "" });
  assert.deepEqual(await sent(() => { throw new TypeError("no network"); }), { kept: false, help: false, why: "" });
  assert.deepEqual(await sent(() => answer(503, {})), { kept: false, help: false, why: "" });
  assert.deepEqual(await sent(() => answer(200, "<html>")), { kept: false, help: false, why: "" });
  assert.deepEqual(await sent(() => answer(409, { error: { message: "Answered already." } })), { kept: false, help: false, why: "Answered already." });
});
