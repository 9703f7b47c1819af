// The practice player: ready, playing or paused, easing out, three taps, done. It never needs the network once begun.
// For tests: if `window.kithClockRate` is a number set before this loads, the player's time runs that many times faster.
import { Bell } from "./bell.js";
import { deliver, holdDraft, lasting, onDelivery, outbox, person, releaseDraft, start } from "./delivery.js";
import { doneScreen, whereItIs } from "./done.js";
import { el, recall, remember } from "./dom.js";
import { listenForKeys } from "./keys.js";
import { LEAST_SECONDS } from "./outbox.js";
import { readPack } from "./pack.js";
import { readyScreen } from "./ready.js";
import { makeRecord, UNRATED } from "./record.js";
import { Sitting } from "./sitting.js";
import { rateFor, Speech } from "./speech.js";
import { stageScreen } from "./stage.js";
import { tapsScreen } from "./taps.js";
import { makeTicker } from "./ticking.js";
import { uuidv7 } from "./uuid.js";
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
let id = "";
let startedAt = new Date();
let creditedBefore = 0;
let savedSeconds = 0;
/** @type {import("./outbox.js").Outbox|null} at hand without waiting, for when the page goes */ let box = null;
let savedMs = 0;
let saving = Promise.resolve();
let cueShown = "";

const voiceOn = () => speech.available && recall("voice") !== "off";
const wordsOf = (/** @type {string} */ text) => fill(text, pack.variables ?? {}, words);

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
async function begin(chosen, own) {
  pack = chosen;
  words = own;
  startedAt = new Date();
  sitting = new Sitting({ cues: pack.cues, seconds: pack.seconds, easeOut: pack.ease_out, rate });
  newRecord();
  bell.wake();
  stage = stageScreen(pack, { act, voiceControl, wordsOf });
  screen("playing", stage.element);
  scrollTo(0, 0);
  stage.focus();
  // A moment for the screen to be there, so that a screen reader hears the first words appear.
  setTimeout(() => {
    sitting?.begin(performance.now());
    startTicker(rate > 1 ? TICK_MS / 4 : TICK_MS);
    show();
  }, 100);
}

function newRecord() {
  id = uuidv7();
  holdDraft(id);
  saving = outbox.then((box) => box.begin(person, record())).catch(() => {});
}

const record = () =>
  makeRecord({ id, pack, startedAt, heardSeconds: (sitting?.heardSeconds ?? 0) - creditedBefore, finished: sitting?.finished ?? false, taps });

/** One save after another, so that an older one never lands on a newer. */
function save() {
  if (!id) return saving;
  savedMs = performance.now();
  saving = saving.then(async () => {
    if (!id) return;
    const draft = record();
    if (await (await outbox).saveDraft(draft)) {
      savedSeconds = draft.seconds_heard;
      return;
    }
    // Another page took this sitting for abandoned and credited what was saved of it: go on under a new id, from there.
    if (savedSeconds >= LEAST_SECONDS) creditedBefore += savedSeconds;
    startedAt = new Date();
    releaseDraft(id);
    id = uuidv7();
    holdDraft(id);
    savedSeconds = record().seconds_heard;
    await (await outbox).begin(person, record());
  }).catch(() => {});
  return saving;
}

function leave() {
  if (!id || !box) return;
  const draft = record();
  savedSeconds = draft.seconds_heard;
  box.saveLeaving(person, draft).catch(() => {});
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
  if (!sitting || !stage || main.dataset.state === "taps") return;
  if (sitting.running === "over") return void afterwards();
  if (sitting.running === "ready") return;
  const playing = sitting.running === "playing";
  screen(playing ? (sitting.easing ? "easing" : "playing") : "paused", stage.element);
  stage.show(sitting, voiceOn());
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
  const form = tapsScreen(pack, record().seconds_heard + creditedBefore, {
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
  await save();
  const last = record();
  const done = doneScreen(pack, last);
  screen("done", done.element);
  scrollTo(0, 0);
  /** @type {HTMLElement} */ (done.element.querySelector("h1")).focus();
  let told = "";
  const tell = (/** @type {string} */ now) => done.tell((told = now));
  try {
    const opened = await outbox;
    const kept = await opened.finish(person, last);
    if (!kept) tell("There was too little to keep this time.");
    else tell((await lasting) ? "Kept on this phone." : "Being sent. This browser keeps nothing itself: leave the page open until it has arrived.");
    if (kept) onDelivery(async (outcome) => tell(whereItIs(outcome, await opened.store.get(last.id), told)));
  } catch {
    tell("This phone could not keep it.");
  }
  releaseDraft(last.id);
  id = "";
  await deliver();
}

if (main) {
  showVoice();
  main.classList.add("player");
  screen("ready", readyScreen(loaded, { voiceControl, onBegin: (chosen, own) => void begin(chosen, own) }));
  listenForKeys(act);
  document.addEventListener("visibilitychange", () => void (sitting && save()));
  addEventListener("pagehide", leave);
  void outbox.then((opened) => (box = opened));
  start();
}
