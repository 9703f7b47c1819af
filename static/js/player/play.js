// The practice player: ready, playing or paused, easing out, three taps, done. It never needs the network once begun.
// The practice's sound file keeps the time where it plays, also behind a locked screen; else the page does.
// For tests: if `window.kithClockRate` is a number set before this loads, the player's time runs that many times faster,
// without a sound file where that is more than a browser can play.
import { Bell } from "./bell.js";
import { deliver, holdDraft, lasting, onDelivery, onEnd, outbox, person, releaseDraft, start } from "./delivery.js";
import { doneScreen, whereItIs } from "./done.js";
import { el, recall, remember } from "./dom.js";
import { Keeping } from "./keeping.js";
import { listenForKeys } from "./keys.js";
import { Lead } from "./lead.js";
import { LockScreen } from "./lock_screen.js";
import { readPack } from "./pack.js";
import { ownWords, readyScreen } from "./ready.js";
import { makeRecord, UNRATED } from "./record.js";
import { Sitting } from "./sitting.js";
import { addressOf, Sound, speaks } from "./sound.js";
import { rateFor, Speech } from "./speech.js";
import { stageScreen } from "./stage.js";
import { tapsScreen } from "./taps.js";
import { makeTicker } from "./ticking.js";
import { keepAwake, letSleep } from "./wake.js";
import { fill, LACKS } from "./words.js";

const main = /** @type {HTMLElement} */ (document.querySelector("main[data-player]"));
const loaded = readPack();
const givenRate = /** @type {any} */ (window).kithClockRate;
const rate = typeof givenRate === "number" && givenRate > 0 ? givenRate : 1;
const TICK_MS = 200;
const SAVE_MS = Math.max(500, 5_000 / rate);
const BELL_LATE_SECONDS = 2;
const FASTEST_SOUND = 16;
const bell = new Bell();
const speech = new Speech({ language: loaded.language ?? document.documentElement.lang, rate: rateFor(loaded.cues, loaded.pace), onVoices: showVoice });
const voiceControl = el("div", { class: "player-voice" });
const screenControl = el("div", { class: "player-awake" });
const startTicker = makeTicker(tick);
const sounds = { practice: makeSound("practice"), easing: makeSound("easing") };

let pack = loaded;
/** @type {Sitting|null} */ let sitting = null;
/** @type {Lead|null} */ let lead = null;
/** @type {LockScreen|null} */ let lockScreen = null;
/** @type {ReturnType<typeof stageScreen>|null} */ let stage = null;
/** @type {Record<string, string>} */ let words = {};
let taps = UNRATED;
let savedMs = 0;
let cueShown = "";
let speakerShown = "";

/** @typedef {import("./sound.js").SoundFile} SoundFile */

/** @param {string} name */
function makeSound(name) {
  const audio = el("audio", { hidden: true, "data-sound": name });
  document.body.append(audio);
  return new Sound(audio, { rate, onNews: tick, onPause: () => void act("pause"), onPlay: () => void act("resume") });
}

/** Where this browser plays it; "" where it cannot. @param {SoundFile|null|undefined} file */
const addressHere = (file) =>
  file && rate <= FASTEST_SOUND ? addressOf(file, (type) => document.createElement("audio").canPlayType(type), navigator.vendor.startsWith("Apple")) : "";

/** Whether the sound file itself speaks here. */
const fileSpeaks = () => addressHere(pack.sound) !== "" && speaks(pack.sound);
const canSpeak = () => fileSpeaks() || speech.available;
const voiceOn = () => canSpeak() && recall("voice") !== "off";
/** She decides whether the screen stays on; unless she did, it does where there is something to look at. */
const screenStays = () => (recall("screen") ?? (fileSpeaks() && voiceOn() ? "off" : "on")) === "on";
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
  const label = fileSpeaks() && pack.sound?.label;
  voiceControl.replaceChildren(...(canSpeak()
    ? [el("button", { type: "button", class: "button quiet", click: toggleVoice }, on ? "Voice: on" : "Voice: off"), label && el("p", { class: "player-label" }, label)].filter(Boolean)
    : [el("p", { class: "player-aside" }, "No voice on this phone. The words are shown.")]));
  const box = el("input", { type: "checkbox", change: () => {
    remember("screen", box.checked ? "on" : "off");
    show();
  } });
  box.checked = screenStays();
  screenControl.replaceChildren(...("wakeLock" in navigator ? [el("label", {}, box, "Keep the screen on")] : []));
  for (const [sound, file] of [[sounds.practice, pack.sound], [sounds.easing, pack.ease_out_sound]]) sound.muted = speaks(file) && recall("voice") === "off";
}

/** Fetches the sound of what is about to be played. @param {import("./pack.js").Pack} chosen */
function prepare(chosen) {
  pack = chosen;
  const address = addressHere(pack.sound);
  if (address) sounds.practice.load(address);
  showVoice();
}

function toggleVoice() {
  if (!canSpeak()) return;
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
  prepare(chosen);
  words = own;
  const easing = addressHere(pack.ease_out_sound);
  if (easing) sounds.easing.load(easing);
  sitting = new Sitting({ cues: pack.cues, seconds: pack.seconds, easeOut: pack.ease_out, rate });
  lead = new Lead(sitting, { practice: addressHere(pack.sound) ? sounds.practice : null, easing: easing ? sounds.easing : null });
  lockScreen = new LockScreen({ minutes: pack.minutes, rate, act, goTo });
  if (pack.keep !== false) void keeping.begin();
  bell.wake();
  stage = stageScreen(pack, { act, voiceControl, screenControl, wordsOf });
  screen("playing", stage.element);
  scrollTo(0, 0);
  stage.focus();
  lead.begin(performance.now());
  startTicker(rate > 1 ? TICK_MS / 4 : TICK_MS);
  // A moment for the screen to be there, so that a screen reader hears the first words appear.
  setTimeout(show, 100);
}

function save() {
  savedMs = performance.now();
  return keeping.save();
}

function tick() {
  if (!sitting || !lead || sitting.running === "over") return;
  lead.look(performance.now());
  show();
  if (performance.now() - savedMs >= SAVE_MS) void save();
}

/** @param {import("./keys.js").Action} action @returns {boolean} */
function act(action) {
  if (!underWay()) return false;
  if (action === "voice") {
    toggleVoice();
    return true;
  }
  lead?.act(action === "ease" ? "easeOut" : action, performance.now());
  arrive(action === "back" || action === "skip" || action === "ease");
  return true;
}

/** @param {number} position */
function goTo(position) {
  if (!underWay()) return;
  lead?.act("goTo", performance.now(), position);
  arrive(true);
}

const underWay = () => sitting !== null && stage !== null && (sitting.running === "playing" || sitting.running === "paused");

/** @param {boolean} elsewhere */
function arrive(elsewhere) {
  if (elsewhere) {
    speech.cancel();
    cueShown = "";
  }
  if (sitting) lockScreen?.show(sitting, true);
  show();
  void save();
}

/** What a browser refused before a tap, or what had no network, is tried again. @param {"refused"|"missing"} lack */
function hearAgain(lack) {
  if (lead?.lack === lack) lead.hear(performance.now());
  if (lack === "refused") bell.wake();
}

/** Brings screen, speech and lock to where the sitting is. */
function show() {
  if (!sitting || !stage || main.dataset.state === "taps" || main.dataset.state === "done") return;
  if (sitting.running === "over") return void afterwards();
  if (sitting.running === "ready") return;
  const playing = sitting.running === "playing";
  screen(playing ? (sitting.easing ? "easing" : "playing") : "paused", stage.element);
  // Whether the words are heard, and not by the browser's own speech.
  const said = sitting.sound !== null && speaks(sitting.easing ? pack.ease_out_sound : pack.sound);
  const lack = lead?.lack && fileSpeaks() && voiceOn() ? LACKS[lead.lack] : "";
  stage.show(sitting, { aloud: voiceOn() && (said || (speech.available && !speech.blocked)), lack });
  lockScreen?.show(sitting);
  if (playing && screenStays()) keepAwake();
  else letSleep();
  const speaker = `${playing} ${said}`;
  if (speaker !== speakerShown && (said || !playing)) speech.cancel();
  speakerShown = speaker;
  if (!playing) {
    // A sound goes on within its cue; the browser's speech says it again.
    if (!said) cueShown = "";
    return;
  }
  const { cue, index, speaking } = sitting.place;
  const here = `${sitting.easing} ${index}`;
  if (!cue || here === cueShown) return;
  cueShown = here;
  const bellHeard = sitting.sound !== null && (voiceOn() || !said);
  if (cue.kind === "bell" && !bellHeard && sitting.position - cue.at < BELL_LATE_SECONDS * rate) bell.ring();
  if (cue.kind === "speech" && speaking && voiceOn() && !said) speech.speak(wordsOf(cue.text ?? ""));
}

function afterwards() {
  startTicker(0);
  letSleep();
  speech.cancel();
  lockScreen?.end();
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
  prepare(loaded);
  main.classList.add("player");
  if (loaded.begin) begin(loaded, ownWords(loaded));
  else screen("ready", readyScreen(loaded, { voiceControl, voiceSpeaks: fileSpeaks(), onPack: prepare, onBegin: begin }));
  listenForKeys(act);
  for (const tap of ["pointerup", "keydown"]) addEventListener(tap, () => hearAgain("refused"));
  addEventListener("online", () => hearAgain("missing"));
  document.addEventListener("visibilitychange", () => {
    tick();
    void save();
  });
  addEventListener("pagehide", () => keeping.leave());
  onEnd(() => keeping.stop());
  start();
}
