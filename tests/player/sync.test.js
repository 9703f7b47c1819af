import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore, Outbox } from "../../static/js/player/outbox.js";
import { sync, waitMs } from "../../static/js/player/sync.js";

const record = (id) => ({ id, practice: "p", revision: "r", started_at: "2027-03-20T10:00:00.000+01:00", minutes: 10, seconds_heard: 60, finished: true, fit: 7, effect: 1, barrier: "nothing" });
const answer = (status, body, headers) => new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });

async function filled(count, person = "ben") {
  const outbox = new Outbox(memoryStore());
  for (let i = 0; i < count; i += 1) await outbox.finish(person, record(`${person}-${String(i).padStart(3, "0")}`));
  return outbox;
}

/** A server that keeps each id once, as the real one does; `refusing` maps an id to a reason. */
function makeServer({ refusing = {}, before = async () => undefined, after = async () => undefined } = {}) {
  const kept = new Map();
  const requests = [];
  const fetch = async (url, init) => {
    const records = JSON.parse(init.body);
    requests.push({ url, init, ids: records.map(({ id }) => id) });
    const early = await before(records, requests.length);
    if (early) return early;
    const body = { kept: [], refused: [] };
    for (const one of records) {
      if (refusing[one.id]) body.refused.push({ id: one.id, why: refusing[one.id] });
      else {
        if (!kept.has(one.id)) kept.set(one.id, one);
        body.kept.push(one.id);
      }
    }
    return (await after(records, requests.length)) ?? answer(body.refused.length ? 422 : 200, body);
  };
  return { fetch, kept, requests };
}
const dropped = async () => { throw new TypeError("Failed to fetch"); };

test("what is ready is sent as JSON to the same origin, and leaves when the server holds it", async () => {
  const outbox = await filled(2);
  const server = makeServer();
  assert.deepEqual(await sync({ outbox, fetch: server.fetch, person: "ben" }), { kept: ["ben-000", "ben-001"], refused: [], waiting: 0, reason: null });
  const [{ url, init }] = server.requests;
  assert.equal(url, "/sittings");
  assert.equal(init.method, "POST");
  assert.equal(init.credentials, "same-origin");
  assert.equal(init.headers.Accept, "application/json");
  assert.equal(init.headers["Content-Type"], "application/json");
  assert.deepEqual(JSON.parse(init.body)[0], record("ben-000"));
  assert.deepEqual(await outbox.list("ben"), []);
});

test("nothing to send asks nothing of the network", async () => {
  const outbox = await filled(0);
  assert.deepEqual(await sync({ outbox, fetch: dropped, person: "ben" }), { kept: [], refused: [], waiting: 0, reason: null });
});

test("drafts and other people's are not sent", async () => {
  const outbox = await filled(1, "amira");
  await outbox.begin("ben", record("draft"));
  const server = makeServer();
  await sync({ outbox, fetch: server.fetch, person: "ben" });
  assert.equal(server.requests.length, 0);
  assert.equal((await outbox.list("amira")).length, 1);
});

test("an answer lost on the way back is sent again, kept once, and then leaves", async () => {
  const outbox = await filled(3);
  const server = makeServer({ after: async (_, request) => (request === 1 ? dropped() : undefined) });
  const first = await sync({ outbox, fetch: server.fetch, person: "ben" });
  assert.deepEqual(first, { kept: [], refused: [], waiting: 3, reason: "later", retryAfterMs: undefined });
  assert.equal((await outbox.list("ben", "ready")).length, 3);
  const second = await sync({ outbox, fetch: server.fetch, person: "ben" });
  assert.equal(second.kept.length, 3);
  assert.equal(server.kept.size, 3);
  assert.deepEqual(await outbox.list("ben"), []);
});

test("every request says whose records it carries; a server where another is signed in takes none", async () => {
  const outbox = await filled(60);
  const server = makeServer();
  await sync({ outbox, fetch: server.fetch, person: "ben" });
  assert.deepEqual(server.requests.map(({ init }) => init.headers["Kith-Person"]), ["ben", "ben"]);
  const late = await filled(2);
  const fetch = async (_, init) => answer(init.headers["Kith-Person"] === "amira" ? 200 : 401, { kept: [], refused: [] });
  const outcome = await sync({ outbox: late, fetch, person: "ben" });
  assert.deepEqual([outcome.reason, outcome.waiting], ["sign-in", 2]);
});

test("a server that dies between batches loses nothing: the first batch left, the rest waits", async () => {
  const outbox = await filled(120);
  const server = makeServer({ before: async (_, request) => (request === 2 ? dropped() : undefined) });
  const outcome = await sync({ outbox, fetch: server.fetch, person: "ben" });
  assert.equal(outcome.kept.length, 50);
  assert.equal(outcome.waiting, 70);
  assert.equal(outcome.reason, "later");
  assert.equal(server.requests.length, 2);
  await sync({ outbox, fetch: server.fetch, person: "ben" });
  assert.equal(server.kept.size, 120);
  assert.deepEqual(server.requests.slice(2).map(({ ids }) => ids.length), [50, 20]);
});

test("a body cut off half-way loses nothing", async () => {
  const outbox = await filled(2);
  const cut = makeServer({ after: async () => answer(200, '{"kept": ["ben-0') });
  assert.equal((await sync({ outbox, fetch: cut.fetch, person: "ben" })).waiting, 2);
});

test("a refused one is kept here with its reason and not sent again", async () => {
  const outbox = await filled(3);
  const server = makeServer({ refusing: { "ben-001": "The practice is not known." } });
  const outcome = await sync({ outbox, fetch: server.fetch, person: "ben" });
  assert.deepEqual(outcome.kept, ["ben-000", "ben-002"]);
  assert.deepEqual(outcome.refused, [{ id: "ben-001", why: "The practice is not known." }]);
  assert.equal(outcome.waiting, 0);
  const [entry] = await outbox.list("ben");
  assert.deepEqual([entry.state, entry.why, entry.record.seconds_heard], ["refused", "The practice is not known.", 60]);
  await sync({ outbox, fetch: server.fetch, person: "ben" });
  assert.equal(server.requests.length, 1);
});

test("422 is read as 200 is", async () => {
  const outbox = await filled(1);
  const fetch = async () => answer(422, { kept: [], refused: [{ id: "ben-000", why: "Too long ago." }] });
  assert.equal((await sync({ outbox, fetch, person: "ben" })).refused[0].why, "Too long ago.");
});

test("an id the server does not name stays; one that was not sent is not believed", async () => {
  const outbox = await filled(2);
  await outbox.begin("ben", record("draft"));
  const fetch = async () => answer(200, { kept: ["ben-000", "draft"], refused: [{ id: "draft", why: "?" }] });
  const outcome = await sync({ outbox, fetch, person: "ben" });
  assert.deepEqual([outcome.kept, outcome.waiting, outcome.reason], [["ben-000"], 1, "later"]);
  assert.deepEqual((await outbox.list("ben")).map(({ id, state }) => `${id} ${state}`), ["ben-001 ready", "draft draft"]);
});

for (const status of [401, 403]) {
  test(`${status} means sign in again, and everything is kept`, async () => {
    const outbox = await filled(60);
    let calls = 0;
    const fetch = async () => { calls += 1; return answer(status, { error: { kind: "sign-in" } }); };
    const outcome = await sync({ outbox, fetch, person: "ben" });
    assert.deepEqual([outcome.reason, outcome.waiting, calls], ["sign-in", 60, 1]);
  });
}

for (const [status, body] of [[500, "oh"], [503, {}], [429, {}], [404, "<html>"], [200, "<html>Welcome to the hotel</html>"], [200, { ok: true }]]) {
  test(`${status} ${JSON.stringify(body)} means later, and everything is kept`, async () => {
    const outbox = await filled(3);
    const outcome = await sync({ outbox, fetch: async () => answer(status, body), person: "ben" });
    assert.deepEqual([outcome.reason, outcome.waiting], ["later", 3]);
    assert.equal((await outbox.list("ben", "ready")).length, 3);
  });
}

test("a server that says when is heeded", async () => {
  const outbox = await filled(1);
  const outcome = await sync({ outbox, fetch: async () => answer(503, {}, { "Retry-After": "7" }), person: "ben" });
  assert.equal(outcome.retryAfterMs, 7000);
});

for (const status of [400, 413]) {
  test(`a batch answered ${status} is halved until the one to blame is alone, and only that is refused`, async () => {
    const outbox = await filled(50);
    const bad = "ben-037";
    const server = makeServer({ before: async (records) => (records.some(({ id }) => id === bad) ? answer(status, { error: { message: "Not readable." } }) : undefined) });
    const outcome = await sync({ outbox, fetch: server.fetch, person: "ben" });
    assert.equal(outcome.kept.length, 49);
    assert.deepEqual(outcome.refused, [{ id: bad, why: "Not readable." }]);
    assert.equal(server.kept.size, 49);
    assert.ok(server.requests.length <= 14, `${server.requests.length} requests`);
    assert.equal((await outbox.list("ben", "refused"))[0].id, bad);
  });
}

test("a single one that is not readable and not explained is refused with words all the same", async () => {
  const outbox = await filled(1);
  const outcome = await sync({ outbox, fetch: async () => answer(413, "<html>"), person: "ben" });
  assert.match(outcome.refused[0].why, /\w/);
});

test("two at once do not send twice", async () => {
  const outbox = await filled(3);
  const server = makeServer({ before: () => new Promise((resolve) => setTimeout(resolve, 5)) });
  const [first, second] = await Promise.all([sync({ outbox, fetch: server.fetch, person: "ben" }), sync({ outbox, fetch: server.fetch, person: "ben" })]);
  assert.equal(server.requests.length, 1);
  assert.deepEqual([first.kept.length, second.kept.length], [3, 0]);
});

test("what becomes ready during one is sent by the next", async () => {
  const outbox = await filled(1);
  const server = makeServer({ before: () => new Promise((resolve) => setTimeout(resolve, 5)) });
  const first = sync({ outbox, fetch: server.fetch, person: "ben" });
  await new Promise((resolve) => setTimeout(resolve, 1));
  await outbox.finish("ben", record("late"));
  const second = sync({ outbox, fetch: server.fetch, person: "ben" });
  await first;
  assert.deepEqual((await second).kept, ["late"]);
  assert.deepEqual(server.requests.map(({ ids }) => ids), [["ben-000"], ["late"]]);
});

test("a store that fails during one does not stop the next", async () => {
  const outbox = await filled(1);
  const { all } = outbox.store;
  outbox.store.all = async () => { throw new Error("disk"); };
  const server = makeServer();
  await assert.rejects(sync({ outbox, fetch: server.fetch, person: "ben" }));
  outbox.store.all = all;
  assert.equal((await sync({ outbox, fetch: server.fetch, person: "ben" })).kept.length, 1);
});

test("waits grow from two seconds to five minutes, spread by chance", () => {
  assert.deepEqual([1, 2, 3, 8, 9, 50, 5000].map((failures) => waitMs(failures, 1)), [2000, 4000, 8000, 256_000, 300_000, 300_000, 300_000]);
  assert.equal(waitMs(1, 0), 2000);
  assert.equal(waitMs(9, 0), 150_000);
  for (let failures = 1; failures < 20; failures += 1) assert.ok(waitMs(failures, 0.3) <= waitMs(failures + 1, 0.3));
});
