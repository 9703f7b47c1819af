import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore, Outbox } from "../../static/js/player/outbox.js";

const makeOutbox = () => new Outbox(memoryStore());
const record = (id, more = {}) => ({ id, practice: "p", revision: "r", started_at: "2027-03-20T10:00:00.000+01:00", minutes: 10, seconds_heard: 60, finished: false, fit: null, effect: null, barrier: null, ...more });
const states = async (outbox, person = "ben") => (await outbox.list(person)).map((entry) => `${entry.id} ${entry.state}`);

test("a draft left by a killed browser becomes ready with what was heard", async () => {
  const outbox = makeOutbox();
  await outbox.begin("ben", record("a", { seconds_heard: 0 }));
  assert.equal(await outbox.saveDraft(record("a", { seconds_heard: 35 })), true);
  const afterwards = new Outbox(outbox.store);
  assert.equal(await afterwards.finaliseDrafts("ben"), 1);
  const [entry] = await afterwards.list("ben", "ready");
  assert.equal(entry.record.seconds_heard, 35);
});

test("a draft of under ten seconds is dropped, one of ten is kept", async () => {
  const outbox = makeOutbox();
  await outbox.begin("ben", record("a", { seconds_heard: 9 }));
  await outbox.begin("ben", record("b", { seconds_heard: 10 }));
  await outbox.finaliseDrafts("ben");
  assert.deepEqual(await states(outbox), ["b ready"]);
});

test("a short one that was rated says something, and is kept", async () => {
  const outbox = makeOutbox();
  assert.equal(await outbox.finish("ben", record("a", { seconds_heard: 4, effect: -2 })), true);
  assert.equal(await outbox.finish("ben", record("b", { seconds_heard: 4, fit: 0 })), true);
  assert.equal(await outbox.finish("ben", record("c", { seconds_heard: 4 })), false);
  assert.deepEqual(await states(outbox), ["a ready", "b ready"]);
});

test("a sitting under way, and another person's, are left alone", async () => {
  const outbox = makeOutbox();
  await outbox.begin("ben", record("a"));
  await outbox.begin("ben", record("b"));
  await outbox.begin("amira", record("c"));
  await outbox.finaliseDrafts("ben", ["b"]);
  assert.deepEqual(await states(outbox), ["a ready", "b draft"]);
  assert.deepEqual(await states(outbox, "amira"), ["c draft"]);
});

test("a draft another page took for abandoned is not written over", async () => {
  const outbox = makeOutbox();
  await outbox.begin("ben", record("a", { seconds_heard: 30 }));
  await outbox.finaliseDrafts("ben");
  assert.equal(await outbox.saveDraft(record("a", { seconds_heard: 40 })), false);
  assert.equal((await outbox.list("ben"))[0].record.seconds_heard, 30);
  await outbox.remove(["a"]);
  assert.equal(await outbox.saveDraft(record("a", { seconds_heard: 45 })), false);
  assert.deepEqual(await states(outbox), []);
});

test("a refused one keeps its reason, and is ready again when the person asks", async () => {
  const outbox = makeOutbox();
  await outbox.finish("ben", record("a"));
  await outbox.refuse("a", "The practice is not known.");
  const [entry] = await outbox.list("ben", "refused");
  assert.equal(entry.why, "The practice is not known.");
  assert.equal(entry.record.seconds_heard, 60);
  await outbox.finaliseDrafts("ben");
  assert.deepEqual(await states(outbox), ["a refused"]);
  await outbox.retry("a");
  assert.deepEqual(await states(outbox), ["a ready"]);
  assert.equal((await outbox.list("ben"))[0].why, undefined);
});

test("refusing or retrying what is gone does nothing", async () => {
  const outbox = makeOutbox();
  await outbox.refuse("a", "no");
  await outbox.retry("a");
  assert.deepEqual(await states(outbox), []);
});

test("clearing forgets one person's and no other's", async () => {
  const outbox = makeOutbox();
  await outbox.finish("ben", record("a"));
  await outbox.finish("amira", record("b"));
  await outbox.clear("ben");
  assert.deepEqual(await states(outbox), []);
  assert.deepEqual(await states(outbox, "amira"), ["b ready"]);
});

test("they are listed oldest first", async () => {
  const outbox = makeOutbox();
  for (const id of ["c", "a", "b"]) await outbox.finish("ben", record(id));
  assert.deepEqual(await states(outbox), ["a ready", "b ready", "c ready"]);
});

test("a draft saved as its page goes is there without a look first", async () => {
  const outbox = makeOutbox();
  await outbox.begin("ben", record("a", { seconds_heard: 0 }));
  await outbox.saveLeaving("ben", record("a", { seconds_heard: 48 }));
  await outbox.finaliseDrafts("ben");
  assert.equal((await outbox.list("ben", "ready"))[0].record.seconds_heard, 48);
});
