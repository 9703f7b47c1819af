// The player plays the sound file of a practice, and the words follow it; without it they go on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finger } from "./hands.js";
import { DESK, House, PATIENCE_MS, PHONE, record, sleep } from "./house.js";
import { button, inState, rate, settleIn, told } from "./steps.js";

/** @typedef {import("playwright-core").Page} Page */

const TAPS = { effect: "A little better", fit: 7, barrier: "Nothing got in the way" };
const MISSING = "The sound is not here just now. The practice goes on without it.";
const LABEL = "A computer's voice";

/** The practices the voice says. */
const SPOKEN = ["soles-ground", "circle-full"];
/** One it does not. */
const UNSPOKEN = "arrive-breath";

/** @type {House} */ let house;
/** @type {Page} */ let signedIn;

before(async () => {
  house = await House.open();
  // About as long as a cue is.
  await house.giveVoice(4, ...SPOKEN);
  signedIn = await house.device(PHONE);
  await settleIn(house, await house.device(DESK), signedIn);
});
after(() => house.close());

/** Ben’s phone, whose time runs so many times faster. @param {number} clockRate @param {boolean} [alone] without the service worker, whose own requests cannot be watched */
async function onPhone(clockRate, alone = false) {
  const ben = await house.device({ ...PHONE, serviceWorkers: alone ? "block" : "allow" }, { clockRate });
  await ben.context().addCookies(await signedIn.context().cookies());
  return ben;
}

/** The last sitting that arrived. @param {Page} page */
const last = async (page) => {
  const { sittings } = await record(page);
  return sittings.reduce((/** @type {any} */ one, /** @type {any} */ other) => (Date.parse(one.started_at) > Date.parse(other.started_at) ? one : other));
};

/** What a page was given to play. @param {Page} page @param {string} practice @param {number} minutes */
const packOf = async (page, practice, minutes) => (await page.request.get(`/practices/${practice}/composition?minutes=${minutes}`)).json();

/** @param {Page} page @param {string} practice @param {number} minutes */
async function play(page, practice, minutes) {
  await page.goto(`/practise/${practice}?minutes=${minutes}`);
  await inState(page, "ready");
  await button(page, "Begin").tap();
  await inState(page, "playing", "taps");
}

/** What is heard and what is shown at this moment. @param {Page} page @param {"practice"|"easing"} [name] */
const now = (page, name = "practice") => page.evaluate((which) => {
  const audio = /** @type {HTMLAudioElement} */ (document.querySelector(`audio[data-sound=${which}]`));
  return {
    at: audio.currentTime, rate: audio.playbackRate, src: audio.getAttribute("src") ?? "", paused: audio.paused, muted: audio.muted,
    caption: document.querySelector("[data-caption]")?.textContent ?? "",
  };
}, name);

/**
 * The words shown are those that are heard, or were until the page last looked.
 * @param {Awaited<ReturnType<typeof now>>} seen @param {{at: number, text: string}[]} cues
 */
function assertFollows({ at, rate, caption }, cues) {
  const words = (/** @type {number} */ time) => cues.findLast((cue) => cue.at <= time && cue.text)?.text ?? "";
  const expected = [words(at), words(at - rate)];
  assert.ok(expected.includes(caption), `${at}: ${caption} instead of ${expected}`);
}

/** @param {Page} page @param {number} seconds @param {"practice"|"easing"} [name] */
const reaches = (page, seconds, name = "practice") =>
  page.waitForFunction(([which, least]) => /** @type {HTMLAudioElement} */ (document.querySelector(`audio[data-sound=${which}]`)).currentTime >= Number(least), [name, seconds]);

/** From now on: how many seconds of sound can have been heard, in seconds of which so many go by in one. @param {number} clockRate */
function listening(clockRate) {
  const since = performance.now();
  // What was asked of a page takes it a moment, and it asks the sound for its place a moment later.
  return () => ((performance.now() - since) / 1_000) * clockRate + 0.5;
}

const lock = (/** @type {Page} */ page) => page.evaluate(() => ({
  title: navigator.mediaSession.metadata?.title, artist: navigator.mediaSession.metadata?.artist,
  pictures: navigator.mediaSession.metadata?.artwork.length, state: navigator.mediaSession.playbackState,
}));

test("the sound keeps the time: words, pause, back and skip follow it, and a locked screen tells nothing of the practice", async () => {
  const ben = await onPhone(2);
  const { cues } = await packOf(ben, "soles-ground", 3);
  await ben.goto("/practise/soles-ground?minutes=3");
  await inState(ben, "ready");
  await ben.getByText(LABEL).waitFor();
  await button(ben, "Begin").tap();
  await inState(ben, "playing");
  await ben.locator(".player-stage").getByText(LABEL).waitFor();
  await reaches(ben, 1);
  const begun = await now(ben);
  assert.match(begun.src, /^\/practices\/soles-ground\/sound\?minutes=3&voice=tone&v=[0-9a-f]{16}$/);
  for (let look = 0; look < 8; look += 1) {
    assertFollows(await now(ben), cues);
    await sleep(400);
  }
  assert.deepEqual(await lock(ben), { title: "A practice, 3 minutes", artist: "Kith", pictures: 2, state: "playing" });

  await button(ben, "Pause").tap();
  await inState(ben, "paused");
  const paused = await now(ben);
  assert.equal(paused.paused, true);
  assert.equal((await lock(ben)).state, "paused");
  await sleep(600);
  assert.equal((await now(ben)).at, paused.at);
  await button(ben, "Resume").tap();
  await reaches(ben, paused.at + 0.5);

  const places = cues.map((/** @type {{at: number}} */ cue) => cue.at);
  const next = places.find((/** @type {number} */ at) => at > paused.at + 8);
  let most = listening(2);
  for (let skips = 0; (await now(ben)).at < next && skips < places.length; skips += 1) {
    most = listening(2);
    await button(ben, "Skip").tap();
  }
  const skipped = await now(ben);
  assert.ok(skipped.at >= next && skipped.at < next + most(), `${skipped.at}, ${next}`);
  await button(ben, "Pause").tap();
  await button(ben, "Back").tap();
  await button(ben, "Back").tap();
  most = listening(2);
  await button(ben, "Resume").tap();
  await inState(ben, "playing");
  const back = await now(ben);
  assert.ok(places.some((/** @type {number} */ at) => at < next && back.at >= at && back.at < at + most()), `${back.at}`);
  await sleep(600);
  assertFollows(await now(ben), cues);

  // A headphone's button, or another app, stops and starts it from outside.
  await ben.evaluate(() => document.querySelector("audio")?.pause());
  await inState(ben, "paused");
  await ben.evaluate(() => document.querySelector("audio")?.play());
  await inState(ben, "playing");

  await button(ben, "Voice: on").tap();
  assert.equal((await now(ben)).muted, true);
  assert.equal((await now(ben)).paused, false);
  await button(ben, "Voice: off").tap();
  assert.equal((await now(ben)).muted, false);
});

test("heard to its end, every second of it is kept", async () => {
  const ben = await onPhone(16);
  await play(ben, "soles-ground", 1);
  await reaches(ben, 10);
  await rate(ben, finger, TAPS);
  await told(ben, "Arrived.");
  const sitting = await last(ben);
  assert.deepEqual({ heard: sitting.seconds_heard, finished: sitting.finished }, { heard: 60, finished: true });
  assert.equal(await ben.evaluate(() => navigator.mediaSession.playbackState), "none");
});

test("easing out is heard too, and only what was heard before counts", async () => {
  const ben = await onPhone(4);
  const { ease_out: ground } = await packOf(ben, "soles-ground", 3);
  await play(ben, "soles-ground", 3);
  await reaches(ben, 12);
  await button(ben, "Ease out").tap();
  await inState(ben, "easing");
  const before = (await now(ben)).at;
  await reaches(ben, 2, "easing");
  const easing = await now(ben, "easing");
  assert.match(easing.src, /^\/practices\/soles-ground\/sound\?minutes=1&voice=tone/);
  assertFollows(easing, ground);
  assert.equal((await now(ben)).paused, true);
  await button(ben, "Finish now").tap();
  await rate(ben, finger, TAPS);
  await told(ben, "Arrived.");
  const sitting = await last(ben);
  assert.equal(sitting.finished, false);
  assert.ok(Math.abs(sitting.seconds_heard - before) <= 1, `${sitting.seconds_heard} of ${before}`);
});

test("without a voice there is one file of bells and silence, and nothing is said to be missing", async () => {
  const ben = await onPhone(16);
  await play(ben, UNSPOKEN, 1);
  await reaches(ben, 8);
  assert.match((await now(ben)).src, /voice=none/);
  assert.equal(await ben.getByText(LABEL).count(), 0);
  assert.equal(await ben.getByText(MISSING).count(), 0);
  await rate(ben, finger, TAPS);
  await told(ben, "Arrived.");
  assert.equal((await last(ben)).seconds_heard, 60);
});

test("when the sound cannot be fetched the practice goes on in words and says so", async () => {
  // Long enough to be read while it plays.
  const ben = await onPhone(8, true);
  await ben.route("**/sound?**", (route) => route.abort());
  await play(ben, "soles-ground", 1);
  await ben.getByText(MISSING).waitFor();
  await ben.locator("[data-caption]:not(:empty)").waitFor();
  await rate(ben, finger, TAPS);
  await told(ben, "Arrived.");
  const sitting = await last(ben);
  assert.deepEqual({ heard: sitting.seconds_heard, finished: sitting.finished }, { heard: 60, finished: true });
});

test("where a browser plays nothing before a tap, the words begin and a tap brings the sound", async () => {
  const ben = await onPhone(1);
  const { cues } = await packOf(ben, "soles-ground", 2);
  await ben.goto("/practise/soles-ground?minutes=2&begin=yes");
  await inState(ben, "playing");
  await ben.getByText("Tap anywhere to hear it.").waitFor();
  await ben.locator("[data-caption]").tap();
  await reaches(ben, 3);
  assert.equal(await ben.getByText("Tap anywhere to hear it.").count(), 0);
  assertFollows(await now(ben), cues);
});

test("thirty minutes with a voice move less than 3 MB, and the first screen less than 60 KB", async (t) => {
  const ben = await onPhone(16, true);
  const wire = await ben.context().newCDPSession(ben);
  await wire.send("Network.enable");
  await wire.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  wire.on("Network.dataReceived", ({ encodedDataLength }) => void (bytes += encodedDataLength));
  wire.on("Network.responseReceivedExtraInfo", ({ headersText, headers }) => void (bytes += (headersText ?? JSON.stringify(headers)).length));

  await ben.goto("/today", { waitUntil: "networkidle" });
  t.diagnostic(`the first screen: ${bytes} bytes`);
  assert.ok(bytes > 5_000 && bytes < 60_000, `${bytes}`);

  bytes = 0;
  await ben.goto("/practise/circle-full?minutes=30");
  await inState(ben, "ready");
  const { spoken, cues } = (await packOf(ben, "circle-full", 30)).sound;
  assert.ok(spoken === cues && cues > 90, `${spoken} of ${cues}`);
  await button(ben, "Begin").tap();
  // The browser fetches the beginning and the end, and by chance more or less of what is between before that is about to be heard.
  await ben.waitForFunction(() => {
    const { buffered, duration } = /** @type {HTMLAudioElement} */ (document.querySelector("audio[data-sound=practice]"));
    return buffered.length === 1 && buffered.end(0) >= duration - 1;
  }, null, { timeout: (30 * 60_000) / 16 + PATIENCE_MS });
  t.diagnostic(`thirty minutes: ${bytes} bytes`);
  assert.ok(bytes > 1_000_000 && bytes < 3_000_000, `${bytes}`);
});
