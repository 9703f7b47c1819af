import assert from "node:assert/strict";
import { test } from "node:test";
import { Keeping } from "../../static/js/player/keeping.js";
import { memoryStore, Outbox } from "../../static/js/player/outbox.js";

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const summary = ({ id, state, record: { seconds_heard: heard, fit, effect, barrier } }) => [id, state, heard, fit, effect, barrier];

/** A sitting with its outbox; `gate(name)` holds the store's next such call until the function it returns is called. */
function setUp({ heard = 60 } = {}) {
  const store = memoryStore();
  const sitting = { heard, taps: { fit: null, effect: null, barrier: null } };
  const held = new Set();
  let ids = 0;
  const outbox = new Outbox(store);
  const keeping = new Keeping({
    outbox: Promise.resolve(outbox),
    person: "ben",
    hold: (id) => held.add(id),
    release: (id) => held.delete(id),
    makeId: () => `id-${(ids += 1)}`,
    makeRecord: (id, startedAt) => ({ id, started_at: startedAt.toISOString(), seconds_heard: sitting.heard, finished: true, ...sitting.taps }),
  });
  const gate = (name) => {
    const real = store[name];
    let open;
    const opened = new Promise((resolve) => (open = resolve));
    store[name] = async (...args) => {
      store[name] = real;
      await opened;
      return real(...args);
    };
    return open;
  };
  const all = async () => (await outbox.list("ben")).map(summary);
  return { store, outbox, keeping, sitting, held, gate, all };
}
const HARD = { fit: 2, effect: -2, barrier: "flat" };

test("begun, saved, kept: one record, held until it is ready", async () => {
  const { keeping, sitting, held, all } = setUp({ heard: 0 });
  await keeping.begin();
  assert.deepEqual([...held], ["id-1"]);
  sitting.heard = 40;
  await keeping.save();
  assert.deepEqual(await all(), [["id-1", "draft", 40, null, null, null]]);
  sitting.taps = HARD;
  assert.deepEqual(await keeping.finish(), { id: "id-1", kept: true });
  assert.deepEqual(await all(), [["id-1", "ready", 40, 2, -2, "flat"]]);
  assert.deepEqual([...held], []);
});

for (const call of ["get", "put"]) {
  test(`the phone locked while "Keep" waits for a ${call} makes no second sitting`, async () => {
    const { keeping, sitting, gate, all } = setUp();
    await keeping.begin();
    sitting.taps = HARD;
    const open = gate(call);
    const finishing = keeping.finish();
    await settle();
    const saved = keeping.save();
    keeping.leave();
    open();
    await Promise.all([finishing, saved]);
    await keeping.save();
    keeping.leave();
    await settle();
    assert.deepEqual((await all()).map(([id, state]) => `${id} ${state}`), ["id-1 ready"]);
  });
}

test("the phone locked at the very write that makes it ready: the draft does not come back", async () => {
  const { store, keeping, sitting, all } = setUp();
  await keeping.begin();
  sitting.taps = HARD;
  const { put } = store;
  store.put = async (entry) => {
    if (entry.state === "ready") {
      void keeping.save();
      keeping.leave();
    }
    await put(entry);
    if (entry.state === "ready") await keeping.leave();
  };
  await keeping.finish();
  await keeping.save();
  assert.deepEqual(await all(), [["id-1", "ready", 60, 2, -2, "flat"]]);
});

test("a save at every moment of finishing, wherever the phone is locked, leaves one record", async () => {
  for (let moment = 0; moment < 40; moment += 1) {
    const { keeping, sitting, all } = setUp();
    await keeping.begin();
    sitting.taps = HARD;
    const finishing = keeping.finish();
    for (let i = 0; i < moment; i += 1) await null;
    const saved = keeping.save();
    if (moment % 2) keeping.leave();
    await Promise.all([finishing, saved]);
    await settle();
    assert.deepEqual(await all(), [["id-1", "ready", 60, 2, -2, "flat"]], `moment ${moment}`);
  }
});

test("Keep pressed twice keeps once", async () => {
  const { keeping, all } = setUp();
  await keeping.begin();
  await Promise.all([keeping.finish(), keeping.finish()]);
  assert.equal((await all()).length, 1);
});

test("begun twice is begun once", async () => {
  const { keeping, all } = setUp();
  await Promise.all([keeping.begin(), keeping.begin()]);
  assert.equal((await all()).length, 1);
});

test("what another page took goes on under a new id, with only what is new", async () => {
  const { outbox, keeping, sitting, held, all } = setUp({ heard: 30 });
  await keeping.begin();
  await outbox.finaliseDrafts("ben");
  sitting.heard = 75;
  await keeping.save();
  assert.deepEqual(await all(), [["id-1", "ready", 30, null, null, null], ["id-2", "draft", 45, null, null, null]]);
  assert.deepEqual([...held], ["id-2"]);
});

test("taps another page has already sent make no second record, and are found under the first", async () => {
  const { outbox, keeping, sitting, all } = setUp();
  await keeping.begin();
  sitting.taps = HARD;
  keeping.leave();
  await settle();
  await outbox.finaliseDrafts("ben");
  await outbox.remove(["id-1"]);
  await keeping.save();
  assert.deepEqual(await keeping.finish(), { id: "id-1", kept: true });
  assert.deepEqual(await all(), []);
});

test("an answer changed after another page sent the first is kept alone", async () => {
  const { outbox, keeping, sitting, all } = setUp();
  await keeping.begin();
  sitting.taps = HARD;
  await keeping.save();
  await outbox.finaliseDrafts("ben");
  await outbox.remove(["id-1"]);
  sitting.taps = { ...HARD, fit: 5 };
  await keeping.finish();
  assert.deepEqual(await all(), [["id-2", "ready", 0, 5, null, null]]);
});

test("a page that goes while it learns that another took its draft begins no new one", async () => {
  const { store, keeping, sitting, all } = setUp();
  await keeping.begin();
  sitting.taps = HARD;
  const { get } = store;
  store.get = async () => {
    store.get = get;
    await store.remove(["id-1"]);
    keeping.leave();
    return undefined;
  };
  await keeping.save();
  assert.deepEqual(await all(), [["id-1", "draft", 60, 2, -2, "flat"]]);
});

test("too little is not kept", async () => {
  const { keeping, all } = setUp({ heard: 4 });
  await keeping.begin();
  assert.deepEqual(await keeping.finish(), { id: "", kept: false });
  assert.deepEqual(await all(), []);
});

test("a phone that cannot keep it says so, and the draft stays for later", async () => {
  const { store, keeping, held, all } = setUp();
  await keeping.begin();
  const { put } = store;
  store.put = async (entry) => (entry.state === "ready" ? Promise.reject(new Error("full")) : put(entry));
  await assert.rejects(keeping.finish(), /full/);
  assert.deepEqual((await all()).map(([id, state]) => `${id} ${state}`), ["id-1 draft"]);
  assert.deepEqual([...held], []);
});

test("after signing out nothing is written again, however the page goes", async () => {
  const { outbox, keeping, gate, all } = setUp();
  await keeping.begin();
  const open = gate("put");
  const saved = keeping.save();
  await settle();
  const stopped = keeping.stop();
  open();
  await stopped;
  await outbox.clear("ben");
  keeping.leave();
  await Promise.all([saved, keeping.save(), keeping.begin(), keeping.finish()]);
  await settle();
  assert.deepEqual(await all(), []);
});

test("signing out while a save learns that its draft is gone begins no new one", async () => {
  const { store, keeping, held, all } = setUp();
  await keeping.begin();
  const { get } = store;
  let stopped;
  store.get = async () => {
    store.get = get;
    await store.remove(["id-1"]);
    stopped = keeping.stop();
    return undefined;
  };
  await keeping.save();
  await stopped;
  assert.deepEqual(await all(), []);
  assert.deepEqual([...held], []);
});
