// The teleprompter: one cue at a time, large, the next one greyed below it, and the silence between them counting down.
// It keeps time when the page is hidden, makes no sound unless asked, and nothing of it is kept.
// For tests: if `window.kithClockRate` is a number set before this loads, time runs that many times faster.
import { Bell } from "../player/bell.js";
import { el } from "../player/dom.js";
import { makeTicker } from "../player/ticking.js";
import { keepAwake, letSleep } from "../player/wake.js";
import { actionFor } from "./keys.js";
import { Reading } from "./reading.js";
import { stageScreen } from "./stage.js";

const STEP_SECONDS = 5;
const given = /** @type {any} */ (window).kithClockRate;
const rate = typeof given === "number" && given > 0 ? given : 1;
const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const overview = /** @type {HTMLElement} */ (document.querySelector("[data-teleprompter]"));
const pack = JSON.parse(document.querySelector("#reading")?.textContent ?? "{}");
const bell = new Bell();
const startTicker = makeTicker(tick);

/** @type {Reading|null} */ let reading = null;
/** @type {ReturnType<typeof stageScreen>|null} */ let stage = null;
let began = 0;
let shown = -1;

const at = () => ((performance.now() - began) / 1000) * rate;

/** @param {import("./keys.js").Action|{jump: number}} action */
function act(action) {
  if (!reading) return;
  if (typeof action === "object") reading.jump(action.jump, at());
  else if (action === "next") reading.next(at());
  else if (action === "back") reading.back(at());
  else if (action === "hold") reading.hold(at());
  else reading.stretch(action === "longer" ? STEP_SECONDS : -STEP_SECONDS, at());
  // A key may come back to the cue that was there before: its bell rings again.
  if (typeof action === "object" || action === "next" || action === "back") shown = -1;
  show();
}

function tick() {
  reading?.tick(at());
  show();
}

function show() {
  if (!reading || !stage) return;
  const place = reading.over ? reading.cues.length : reading.index;
  if (place !== shown) {
    shown = place;
    if (!reading.over && reading.cue.kind === "bell" && stage.rings()) bell.ring();
  }
  stage.show(reading, at());
}

function begin() {
  bell.wake();
  reading = new Reading(pack.cues, pack.seconds);
  stage = stageScreen(pack, { act, end });
  shown = -1;
  began = performance.now();
  overview.hidden = true;
  main.append(stage.element);
  document.documentElement.toggleAttribute("data-practising", true);
  keepAwake();
  startTicker(200);
  show();
  stage.focus();
}

function end() {
  startTicker(0);
  letSleep();
  reading = null;
  stage?.element.remove();
  stage = null;
  if (document.fullscreenElement) void document.exitFullscreen();
  document.documentElement.toggleAttribute("data-practising", false);
  overview.hidden = false;
  overview.querySelector("h1")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (!reading) return;
  const action = event.key === "Escape" && !document.fullscreenElement ? "end" : actionFor(event);
  if (!action) return;
  event.preventDefault();
  if (action === "end") end();
  else act(action);
});

document.querySelector("[data-begin]")?.replaceWith(el("button", { type: "button", class: "button large", click: begin }, "Begin reading"));
