// What a phone keeps and shows without a network: which page answers, what a day shows, and that pages are kept whole or not at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { civilDay, look, readEntries } from "../../static/js/offline/day.js";
import { findPage, insteadOf } from "../../static/js/offline/finding.js";
import { Holding } from "../../static/js/offline/holding.js";
import { SOUND, findKept } from "../../static/js/offline/kept.js";
import { slice } from "../../static/js/offline/slice.js";
import { leaveWord, takeWord } from "../../static/js/offline/word.js";

const KEPT = [
  "/today/fortnight", "/help", "/offline", "/measures/connection", "/moments/panic",
  "/practise/wish-self?minutes=4", "/practise/wish-self?minutes=10", "/practise/wish-self?phrases=plain&minutes=8",
  "/practise/soles-ground?minutes=1&begin=yes&rate=no", "/practise/soles-ground?minutes=1",
];

test("an address is answered by its own page, or by the nearest that is kept", () => {
  const cases = [
    ["/today", "/today/fortnight"],
    ["/", "/today/fortnight"],
    ["/help?after=screening", "/help"],
    ["/measures/connection?language=de", "/measures/connection"],
    ["/practise/wish-self?minutes=4", "/practise/wish-self?minutes=4"],
    ["/practise/wish-self?minutes=9", "/practise/wish-self?minutes=10"],
    ["/practise/wish-self", "/practise/wish-self?minutes=4"],
    ["/practise/wish-self?phrases=plain&minutes=2", "/practise/wish-self?phrases=plain&minutes=8"],
    ["/practise/soles-ground?minutes=1&begin=yes&rate=no", "/practise/soles-ground?minutes=1&begin=yes&rate=no"],
    ["/practise/soles-ground?minutes=2", "/practise/soles-ground?minutes=1"],
    ["/practise/circle-full?minutes=30", undefined],
    ["/progress", undefined],
    ["/caseload", undefined],
  ];
  for (const [wanted, found] of cases) assert.equal(findPage(/** @type {string} */ (wanted), KEPT), found, wanted);
  assert.equal(insteadOf(KEPT), "/offline");
  assert.equal(insteadOf([]), undefined);
});

test("a part of a sound is what a player asked for", async () => {
  const whole = () => new Response("0123456789", { headers: { "Content-Type": "audio/ogg", ETag: '"a"' } });
  for (const [range, text, said] of [
    ["bytes=0-1", "01", "bytes 0-1/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-3", "789", "bytes 7-9/10"],
    ["bytes=8-99", "89", "bytes 8-9/10"],
    ["bytes=-99", "0123456789", "bytes 0-9/10"],
  ]) {
    const part = await slice(whole(), range);
    assert.deepEqual([part.status, await part.text(), part.headers.get("Content-Range"), part.headers.get("Content-Type")], [206, text, said, "audio/ogg"], range);
  }
  const beyond = await slice(whole(), "bytes=10-");
  assert.deepEqual([beyond.status, beyond.headers.get("Content-Range")], [416, "bytes */10"]);
  for (const range of [null, "bytes=-", "lines=0-1", "bytes=0-1,3-4"]) assert.equal((await slice(whole(), range)).status, 200, String(range));
});

const item = (/** @type {object} */ more = {}) =>
  ({ id: "wish-self", kind: "practice", card: true, counts: ["wish-self", "hand-rest"], least: 0, opens: "2026-11-30", closes: "2026-11-30", times: 1, done: 0, ...more });
const sat = (/** @type {object} */ more = {}) => ({ practice: "wish-self", on: "2026-11-30", effect: 1, share: 1, ...more });
const seen = (/** @type {any[]} */ items, /** @type {any[]} */ sittings, /** @type {any[]} */ answers = [], hard = false) =>
  look({ on: "2026-11-30", hard, items, steadier: "soles-ground" }, sittings, answers);

test("what was done on this phone is done, and nothing else is", () => {
  assert.equal(seen([item()], []).card, 0);
  assert.equal(seen([item()], [sat()]).card, -1);
  assert.equal(seen([item()], [sat({ practice: "hand-rest" })]).card, -1, "the smallest version is as good");
  assert.equal(seen([item()], [sat({ on: "2026-11-29" })]).card, 0, "yesterday is not today");
  assert.equal(seen([item({ least: 0.8 })], [sat({ share: 0.5 })]).card, 0, "a programme counts what was nearly all heard");
  assert.equal(seen([item(), item({ id: "wish-all", counts: ["wish-all"] })], [sat()]).card, 1, "then comes the next");
  assert.equal(seen([item({ opens: "2026-11-24", times: 3, done: 1 })], [sat({ on: "2026-11-25" }), sat()]).card, -1, "some time this week");
  const measure = item({ id: "connection", kind: "measure", card: false, counts: ["connection"] });
  assert.deepEqual(seen([measure], [], [{ measure: "connection", on: "2026-11-30" }]).done, [true]);
  assert.deepEqual(seen([measure], [], [{ measure: "connection", on: "2026-11-29" }]).done, [false]);
});

test("after something hard nothing more is asked, and the next time something steadier comes first", () => {
  assert.deepEqual(seen([item()], [sat({ effect: -2 })]), { hard: true, card: -1, steadier: false, done: [true], practised: true });
  const yesterday = sat({ on: "2026-11-29", effect: -2 });
  assert.equal(seen([item()], [yesterday]).steadier, true);
  assert.equal(seen([item()], [yesterday, sat({ practice: "soles-ground" })]).card, -1, "whoever did the steadier one is asked for nothing else");
  assert.equal(seen([item({ wasHard: true })], []).steadier, true, "the server knew it");
  assert.equal(seen([item({ wasHard: true })], [sat({ on: "2026-11-29", effect: 1 })]).steadier, false, "it went well since");
  assert.equal(seen([item({ heavy: true })], []).steadier, true);
  assert.equal(seen([item()], [], [], true).card, -1);
});

test("drafts are not done, and a day is the one it was where the phone was", () => {
  const record = { practice: "wish-self", started_at: "2026-11-30T23:30:00.000-08:00", minutes: 10, seconds_heard: 300, finished: false, effect: null };
  const entry = (/** @type {string} */ state, /** @type {any} */ what) => /** @type {any} */ ({ id: "x", person: "p", state, record: what });
  const { sittings, answers } = readEntries([entry("draft", record), entry("ready", record), entry("refused", { instrument: "connection", answered_at: "2026-12-01T00:10:00.000+01:00", answers: [1] })]);
  assert.deepEqual(sittings, [{ practice: "wish-self", on: "2026-11-30", effect: null, share: 0.5 }]);
  assert.deepEqual(answers, [{ measure: "connection", on: "2026-12-01" }]);
  assert.equal(civilDay(new Date(2026, 0, 5, 23, 59)), "2026-01-05");
});

/** Caches as the browser has them, as far as they are used. */
function fakeCaches() {
  /** @type {Map<string, Map<string, Response>>} */ const all = new Map();
  const key = (/** @type {any} */ request) => (typeof request === "string" ? request : request.url.replace("http://here", ""));
  const open = async (/** @type {string} */ name) => {
    if (!all.has(name)) all.set(name, new Map());
    // As in a browser: one that was deleted can still be written to, and nobody finds it.
    const held = /** @type {Map<string, Response>} */ (all.get(name));
    return {
      match: async (/** @type {any} */ request) => held.get(key(request))?.clone(),
      put: async (/** @type {any} */ request, /** @type {Response} */ response) => void held.set(key(request), response),
      delete: async (/** @type {any} */ request) => held.delete(key(request)),
      keys: async () => [...held.keys()].map((url) => ({ url: `http://here${url}` })),
    };
  };
  return { all, caches: /** @type {any} */ ({ open, keys: async () => [...all.keys()], delete: async (/** @type {string} */ name) => all.delete(name) }) };
}

/** A server: what it lists, and how it answers. */
function house() {
  const state = {
    pack: { version: "v1", release: "r1", frame: "f", person: "ben", until: "2026-12-13", sound_most: 1000, files: ["/static/r1/a.js"],
      pages: [{ url: "/today/fortnight", revision: "1" }, { url: "/practise/wish-self?minutes=4", revision: "1" }, { url: "/help", revision: "1" }] },
    person: "ben", release: "r1", status: 200, /** @type {string[]} */ asked: [], /** @type {Record<string, number>} */ statuses: {},
    sound: 100, /** @type {() => unknown} */ before: () => undefined,
  };
  const fetch = async (/** @type {any} */ url) => {
    state.asked.push(url);
    await state.before();
    if (state.status === 0) throw new TypeError("no network");
    if (url === "/offline/pack") return new Response(JSON.stringify(state.pack), { status: state.status });
    if (url.includes("/sound")) return new Response("sound");
    const sound = { ogg: "/practices/wish-self/sound?minutes=4", mp4: "/m", bytes: state.sound };
    const body = url.startsWith("/practise") ? `<script id="pack" type="application/json">${JSON.stringify({ sound })}</script>` : `page ${url}`;
    return new Response(body, { status: state.statuses[url] ?? 200, headers: { "Kith-Release": state.release, "Kith-Person": state.person } });
  };
  return { state, fetch: /** @type {any} */ (fetch) };
}

const made = () => {
  const { all, caches } = fakeCaches();
  const { state, fetch } = house();
  let now = 1_000;
  return { all, caches, state, holding: new Holding({ caches, fetch, now: () => (now += 1) }) };
};

test("everything the server lists is kept, and what has not changed is not fetched again", async () => {
  const { all, caches, state, holding } = made();
  assert.equal(await holding.bring("ben", "ogg"), "kept");
  const first = await findKept(caches);
  assert.deepEqual(Object.keys(first?.kept.pages ?? {}), state.pack.pages.map(({ url }) => url));
  assert.deepEqual([first?.kept.sounds, first?.kept.soundBytes, first?.kept.until], [1, 100, "2026-12-13"]);
  assert.deepEqual([...(all.get("kith-files-r1")?.keys() ?? [])], ["/static/r1/a.js"]);

  state.asked = [];
  assert.equal(await holding.bring("ben", "ogg"), "kept");
  assert.deepEqual(state.asked, ["/offline/pack"]);

  state.pack = { ...state.pack, version: "v2", pages: [{ url: "/today/fortnight", revision: "2" }, { url: "/help", revision: "1" }] };
  state.asked = [];
  assert.equal(await holding.bring("ben", "ogg"), "kept");
  assert.deepEqual(state.asked, ["/offline/pack", "/today/fortnight"]);
  assert.deepEqual([...all.keys()].filter((name) => name.startsWith("kith-pages")), ["kith-pages-v2"]);
  assert.equal(all.get(SOUND)?.size, 0, "a sound no page needs is not kept");
});

test("what was here stays whole when something fails half-way", async () => {
  for (const fail of [
    (/** @type {any} */ state) => void (state.statuses["/help"] = 500),
    (/** @type {any} */ state) => void (state.release = "r3"),
    (/** @type {any} */ state) => void (state.person = "noor"),
    (/** @type {any} */ state) => void (state.status = 0),
    (/** @type {any} */ state) => void (state.status = 503),
  ]) {
    const { all, caches, state, holding } = made();
    await holding.bring("ben", "ogg");
    state.pack = { ...state.pack, version: "v2", release: "r2", files: ["/static/r2/a.js"] };
    state.release = "r2";
    fail(state);
    assert.equal(await holding.bring("ben", "ogg"), "later");
    const found = await findKept(caches);
    assert.equal(found?.kept.version, "v1");
    assert.ok(await found?.cache.match("/today/fortnight"));
    assert.ok(all.get("kith-files-r1")?.has("/static/r1/a.js"), "with the scripts of its own release");
    assert.ok(!all.has("kith-pages-v2"));
  }
});

test("a new release is fetched whole, and the scripts of the one before stay for pages that are open", async () => {
  const { all, state, holding } = made();
  for (const release of ["r1", "r2", "r3"]) {
    state.release = release;
    state.pack = { ...state.pack, version: release, release, files: [`/static/${release}/a.js`] };
    state.asked = [];
    assert.equal(await holding.bring("ben", "ogg"), "kept");
    assert.ok(state.asked.includes("/help"), "a page of another release is never taken over");
  }
  assert.deepEqual([...all.keys()].sort(), ["kith-files-r2", "kith-files-r3", "kith-pages-r3", SOUND]);

  // A page of the release before is open still, and what stands on the other pages changes: its scripts stay, whatever is done meanwhile.
  for (const version of ["one sitting later", "two sittings later"]) {
    state.pack = { ...state.pack, version };
    assert.equal(await holding.bring("ben", "ogg"), "kept");
    assert.deepEqual([...all.keys()].sort(), ["kith-files-r2", "kith-files-r3", `kith-pages-${version}`, SOUND].sort(), version);
  }
});

test("nothing of one person's is there for another, nor for nobody", async () => {
  for (const [change, whose] of /** @type {[(state: any) => void, string][]} */ ([
    [(state) => void (state.pack = { ...state.pack, person: "noor" }), "ben"],
    [(state) => void (state.status = 401), "ben"],
    [(state) => void (state.status = 0), "noor"],
  ])) {
    const { all, state, holding } = made();
    await holding.bring("ben", "ogg");
    change(state);
    await holding.bring(whose, "ogg");
    assert.deepEqual([...all.keys()], []);
  }
});

test("what is being fetched as she signs out is written nowhere", async () => {
  for (let at = 0; at < 6; at += 1) {
    const { all, state, holding } = made();
    let calls = 0;
    /** @type {Promise<void>|undefined} */ let clearing;
    state.before = () => {
      calls += 1;
      if (calls === at + 1) clearing = holding.clear();
    };
    assert.notEqual(await holding.bring("ben", "ogg"), at < calls ? "kept" : "", `after ${at} requests`);
    await clearing;
    assert.deepEqual([...all.keys()], [], `after ${at} requests`);
  }
});

test("there is only as much sound as there is room for, what is needed first before the rest", async () => {
  const { state, holding, caches } = made();
  state.sound = 600;
  state.pack.pages.push({ url: "/practise/wish-all?minutes=4", revision: "1" });
  await holding.bring("ben", "mp4");
  const found = await findKept(caches);
  assert.deepEqual([found?.kept.sounds, found?.kept.soundBytes], [1, 600]);
});

test("a page that is not there for her is left out, and the rest is kept", async () => {
  const { state, holding, caches } = made();
  state.statuses["/help"] = 404;
  assert.equal(await holding.bring("ben", "ogg"), "kept");
  assert.deepEqual(Object.keys((await findKept(caches))?.kept.pages ?? {}), ["/today/fortnight", "/practise/wish-self?minutes=4"]);
});

test("a word that help is called for is said once, and clearing what is kept does not lose it", async () => {
  const { caches, holding } = made();
  await leaveWord(caches, "ben");
  await holding.clear();
  assert.deepEqual([await takeWord(caches, "noor"), await takeWord(caches, "ben"), await takeWord(caches, "ben")], [false, true, false]);
});
