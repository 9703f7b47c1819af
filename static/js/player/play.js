// The practice player: ready, playing or paused, easing out, three taps, done. It never needs the network once begun.
// For tests: if `window.kithClockRate` is a number set before this loads, the player's time runs that many times faster.
import { Bell } from "./bell.js";
import { deliver, holdDraft, lasting, onDelivery, onEnd, outbox, person, releaseDraft, start } from "./delivery.js";
import { doneScreen, whereItIs } from "./done.js";
import { el, recall, remember } from "./dom.js";
import { Keeping } from "./keeping.js";
import { listenForKeys } from "./keys.js";
import { readPack } from "./pack.js";
import { ownWords, readyScreen } from "./ready.js";
import { makeRecord, UNRATED } from "./record.js";
import { Sitting } from "./sitting.js";
import { rateFor, Speech } from "./speech.js";
import { stageScreen } from "./stage.js";
import { tapsScreen } from "./taps.js";
import { makeTicker } from "./ticking.js";
import { keepAwake, letSleep } from "./wake.js";
import { fill } from "./words.js";

const main = /** @type {HTMLElement} */ (document.querySelector("main[data-player]"));
const loaded = readPack();
const givenRate = /** @type {any} */ (window).kithClockRate;
const rate = typeof givenRate === "number" && givenRate > 0 ? givenRate : 1;
const TICK_MS = 200;
const SAVE_MS = Math.max(500, 5_000 / rate);
const BELL_LATE_SECONDS = 2;
const bell = new Bell();
const speech = new Speech({ language: loaded.language ?? document.documentElement.lang, rate: rateFor(loaded.cues, loaded.pace), onVoices: showVoice });
const voiceControl = el("div", { class: "player-voice" });
const startTicker = makeTicker(tick);

let pack = loaded;
/** @type {Sitting|null} */ let sitting = null;
/** @type {ReturnType<typeof stageScreen>|null} */ let stage = null;
/** @type {Record<string, string>} */ let words = {};
let taps = UNRATED;
let savedMs = 0;
let cueShown = "";

const voiceOn = () => speech.available && recall("voice") !== "off";
const wordsOf = (/** @type {string} */ text) => fill(text, pack.variables ?? {}, words);

const keeping = new Keeping({
  outbox, person, hold: holdDraft, release: releaseDraft,
  makeRecord: (id, startedAt) =>
    makeRecord({ id, pack, startedAt, heardSeconds: sitting?.heardSeconds ?? 0, finished: sitting?.finished ?? false, taps }),
});

/** @param {string} state @param {Element} element */
function screen(state, element) {
  main.dataset.state = state;
  document.documentElement.toggleAttribute("data-practising", ["playing", "paused", "easing"].includes(state));
  if (main.firstElementChild !== element) main.replaceChildren(element);
}

function showVoice() {
  const on = voiceOn();
  voiceControl.replaceChildren(speech.available
    ? el("button", { type: "button", class: "button quiet", click: toggleVoice }, on ? "Voice: on" : "Voice: off")
    : el("p", { class: "player-aside" }, "No voice on this phone. The words are shown."));
}

function toggleVoice() {
  if (!speech.available) return;
  remember("voice", voiceOn() ? "off" : "");
  const focused = voiceControl.contains(document.activeElement);
  showVoice();
  if (focused) /** @type {HTMLElement|null} */ (voiceControl.firstElementChild)?.focus();
  if (!voiceOn()) speech.cancel();
  show();
}

/** @param {import("./pack.js").Pack} chosen @param {Record<string, string>} own */
function begin(chosen, own) {
  if (sitting) return;
  pack = chosen;
  words = own;
  sitting = new Sitting({ cues: pack.cues, seconds: pack.seconds, easeOut: pack.ease_out, rate });
  if (pack.keep !== false) void keeping.begin();
  bell.wake();
  stage = stageScreen(pack, { act, voiceControl, wordsOf });
  screen("playing", stage.element);
  scrollTo(0, 0);
  stage.focus();
  sitting?.begin(performance.now());
  startTicker(rate > 1 ? TICK_MS / 4 : TICK_MS);
  // A moment for the screen to be there, so that a screen reader hears the first words appear.
  setTimeout(show, 100);
}

function save() {
  savedMs = performance.now();
  return keeping.save();
}

function tick() {
  if (!sitting || sitting.running === "over") return;
  sitting.tick(performance.now());
  show();
  if (performance.now() - savedMs >= SAVE_MS) void save();
}

/** @param {import("./keys.js").Action} action @returns {boolean} */
function act(action) {
  if (!sitting || !stage || (sitting.running !== "playing" && sitting.running !== "paused")) return false;
  if (action === "voice") {
    toggleVoice();
    return true;
  }
  const now = performance.now();
  if (action === "toggle") sitting.toggle(now);
  else if (action === "pause") sitting.pause(now);
  else if (action === "back") sitting.back(now);
  else if (action === "skip") sitting.skip(now);
  else sitting.easeOut(now);
  if (action === "back" || action === "skip" || action === "ease") {
    speech.cancel();
    cueShown = "";
  }
  show();
  void save();
  return true;
}

/** Brings screen, sound and lock to where the sitting is. */
function show() {
  if (!sitting || !stage || main.dataset.state === "taps" || main.dataset.state === "done") return;
  if (sitting.running === "over") return void afterwards();
  if (sitting.running === "ready") return;
  const playing = sitting.running === "playing";
  screen(playing ? (sitting.easing ? "easing" : "playing") : "paused", stage.element);
  stage.show(sitting, voiceOn() && !speech.blocked);
  if (playing) keepAwake();
  else {
    letSleep();
    speech.cancel();
    cueShown = "";
    return;
  }
  const { cue, index, speaking } = sitting.place;
  const here = `${sitting.easing} ${index}`;
  if (!cue || here === cueShown) return;
  cueShown = here;
  if (cue.kind === "bell" && sitting.position - cue.at < BELL_LATE_SECONDS * rate) bell.ring();
  if (cue.kind === "speech" && speaking && voiceOn()) speech.speak(wordsOf(cue.text ?? ""));
}

function afterwards() {
  startTicker(0);
  letSleep();
  void save();
  if (pack.rate === false) return void finish();
  const form = tapsScreen(pack, Math.floor(sitting?.heardSeconds ?? 0), {
    onTap: (now) => {
      taps = now;
      void save();
    },
    onDone: (kept) => {
      taps = kept;
      void finish();
    },
  });
  screen("taps", form);
  scrollTo(0, 0);
  form.querySelector("h1").focus();
}

async function finish() {
  const done = doneScreen(pack, taps);
  screen("done", done.element);
  scrollTo(0, 0);
  /** @type {HTMLElement} */ (done.element.querySelector("h1")).focus();
  let told = "";
  const tell = (/** @type {string} */ now) => done.tell((told = now));
  try {
    if (pack.keep === false) return tell("Nothing of this was kept.");
    const { id, kept } = await keeping.finish();
    const { store } = await outbox;
    if (!kept) tell("There was too little to keep this time.");
    else tell((await lasting) ? "Kept on this phone." : "Being sent. This browser keeps nothing itself: leave the page open until it has arrived.");
    if (kept) onDelivery(async (outcome) => tell(whereItIs(outcome, await store.get(id), told, taps)));
  } catch {
    tell("This phone could not keep it.");
  }
  await deliver();
}

if (main) {
  showVoice();
  main.classList.add("player");
  if (loaded.begin) {
    begin(loaded, ownWords(loaded));
    addEventListener("pointerdown", () => bell.wake(), { once: true });
    addEventListener("keydown", () => bell.wake(), { once: true });
  } else screen("ready", readyScreen(loaded, { voiceControl, onBegin: begin }));
  listenForKeys(act);
  document.addEventListener("visibilitychange", () => void save());
  addEventListener("pagehide", () => keeping.leave());
  onEnd(() => keeping.stop());
  start();
}
