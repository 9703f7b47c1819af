// A practice is read line by line: one line large, the next one grey below it. What was recorded goes to the server as soon
// as it ended, and is heard as those will hear it to whom it is offered. Whoever leaves comes back to the first open line.
import { el, say } from "../player/dom.js";
import { actionFor } from "./keys.js";
import { Lines } from "./lines.js";
import { Microphone } from "./microphone.js";
import { clock, progressText, stateText, withoutMicrophone } from "./words.js";

const place = document.querySelector("[data-studio]");
const pack = JSON.parse(document.querySelector("#recording")?.textContent ?? "null");
if (place && pack) begin(/** @type {HTMLElement} */ (place), pack);

/** @param {HTMLElement} place @param {{recording: string, most_seconds: number, lines: import("./lines.js").Line[]}} pack */
function begin(place, pack) {
  const lines = new Lines(pack.lines);
  const microphone = new Microphone();
  const player = new Audio();
  /** @type {{cue: string, blob: Blob}|null} What has not arrived yet. */ let unsent = null;
  /** @type {"rest"|"opening"|"recording"|"sending"} */ let phase = "rest";
  let began = 0;
  let frame = 0;
  /** How many were kept since the page was opened: what is read again has another address, so that nobody hears the old one. */
  let kept = 0;

  const button = (/** @type {string} */ label, /** @type {string} */ key, /** @type {() => void} */ does, look = "") =>
    el("button", { type: "button", class: `studio-control ${look}`, "aria-keyshortcuts": key, click: does }, label);
  const count = el("p", { class: "studio-count" });
  const about = el("p", { class: "studio-about" });
  const words = el("p", { class: "studio-line", tabindex: "-1" });
  const next = el("p", { class: "studio-next", "aria-hidden": "true" });
  const bar = el("span");
  const meter = el("p", { class: "studio-meter", "aria-hidden": "true" }, bar);
  const told = el("p", { class: "studio-told", role: "status" });
  const record = button("Record", "Space", () => act("record"), "studio-record");
  const hear = button("Hear it", "H", () => act("hear"));
  const back = button("Back", "ArrowLeft", () => act("back"));
  const onward = button("Next", "Enter", () => act("next"));
  const again = el("button", { type: "button", class: "link", hidden: true, click: () => void send() }, "Send it once more");
  const finished = el("p", { class: "studio-finished", hidden: true }, el("a", { class: "button", href: "#offer" }, isOffered() ? "Hear all of it" : "Hear all of it, and offer it"));
  place.replaceChildren(el("section", { class: "studio", "aria-label": "Reading" },
    el("div", { class: "studio-head" }, count, about), words, next, told, meter,
    el("div", { class: "studio-controls" }, back, record, hear, onward), again, finished));

  for (const link of document.querySelectorAll("[data-hear]")) hearable(/** @type {HTMLElement} */ (link));
  for (const item of document.querySelectorAll("[data-line]")) {
    item.querySelector("p.soft")?.append(" ", el("button", { type: "button", class: "link studio-goto", click: () => {
      if (phase === "rest" && lines.goTo(item.getAttribute("data-line") ?? "")) turn();
    } }, el("span", {}, "read this one"), el("span", { class: "sr" }, `: ${item.querySelector("p")?.textContent ?? ""}`)));
  }
  document.addEventListener("keydown", (event) => {
    const action = actionFor(event);
    if (!action) return;
    event.preventDefault();
    act(action);
  });
  addEventListener("beforeunload", (event) => {
    if (unsent || phase === "recording") event.preventDefault();
  });
  addEventListener("pagehide", () => microphone.close());
  show();

  /** @param {import("./keys.js").Action} action */
  function act(action) {
    if (action === "record") {
      if (phase === "recording") microphone.stop();
      else if (phase === "rest") void take();
    } else if (phase !== "rest") {
      // One thing after the other: what is being said belongs to the line it was begun for.
    } else if (action === "hear") {
      if (lines.line.seconds !== null) play(address(lines.line.cue));
    } else if (action === "next" ? lines.next() : lines.back()) turn();
  }

  /** To another line. */
  function turn() {
    player.pause();
    if (!unsent) say(told, "");
    show();
    words.focus({ preventScroll: true });
    place.scrollIntoView({ block: "nearest" });
  }

  async function take() {
    const cue = lines.line.cue;
    player.pause();
    enter("opening");
    say(told, "");
    unsent = null;
    try {
      const { ended } = await microphone.record(pack.most_seconds);
      began = performance.now();
      enter("recording");
      measure();
      unsent = { cue, blob: await ended };
    } catch (error) {
      say(told, withoutMicrophone(error instanceof DOMException ? error.name : ""));
      return enter("rest");
    } finally {
      cancelAnimationFrame(frame);
      bar.style.transform = "";
    }
    await send();
  }

  async function send() {
    if (!unsent) return;
    const { cue, blob } = unsent;
    enter("sending");
    try {
      const answer = await fetch(`/recordings/${pack.recording}/takes/${cue}`, {
        method: "POST", body: blob,
        headers: { accept: "application/json", "content-type": blob.type || "application/octet-stream", "kith-person": document.documentElement.dataset.person ?? "" },
      });
      const said = await answer.json();
      if (answer.ok) {
        unsent = null;
        kept += 1;
        lines.keep(cue, said.seconds);
        say(told, [`Kept, ${clock(said.seconds)}.`, ...said.told].join(" "));
        mark(cue, said.seconds);
      } else {
        // What the server could not use would not be any better a second time; what it had no time for would.
        if (answer.status === 422 || answer.status === 413) unsent = null;
        say(told, said.error?.message ?? "That was not kept. Please try again.");
      }
    } catch {
      say(told, "That did not arrive. It is still here.");
    }
    enter("rest");
  }

  /** @param {typeof phase} now */
  function enter(now) {
    phase = now;
    show();
  }

  function show() {
    const { line, following } = lines;
    place.dataset.phase = phase;
    say(count, progressText(lines.done, lines.needed));
    say(about, line.wishes === null ? "" : `Other wishes: ${line.wishes}`);
    say(words, line.text);
    say(next, following?.text ?? "");
    say(record, phase === "recording" ? "Stop" : phase === "sending" ? "Keeping it" : line.seconds === null ? "Record" : "Record again");
    record.disabled = phase === "opening" || phase === "sending";
    hear.disabled = phase !== "rest" || line.seconds === null;
    back.disabled = phase !== "rest" || lines.index === 0;
    onward.disabled = phase !== "rest" || !following;
    again.hidden = !unsent || phase !== "rest";
    finished.hidden = !lines.isWhole || phase !== "rest";
    for (const item of document.querySelectorAll("[data-line]")) item.toggleAttribute("data-now", item.getAttribute("data-line") === line.cue);
  }

  /** How loud it is, and for how long it has been going on. */
  function measure() {
    bar.style.transform = `scaleX(${microphone.level().toFixed(3)})`;
    const seconds = (performance.now() - began) / 1000;
    say(told, seconds < 1 ? "Speak now." : "");
    if (phase === "recording") frame = requestAnimationFrame(measure);
  }

  /** In the list below: that it was read, and how to hear it. @param {string} cue @param {number} seconds */
  function mark(cue, seconds) {
    const item = document.querySelector(`[data-line="${cue}"]`);
    const length = item?.querySelector("[data-length]");
    if (!item || !length) return;
    item.setAttribute("data-read", "");
    say(length, clock(seconds));
    const known = item.querySelector("[data-hear]");
    if (known) known.setAttribute("href", address(cue));
    else {
      const link = el("a", { "data-hear": true, href: address(cue) }, "hear", el("span", { class: "sr" }, `: ${item.querySelector("p")?.textContent ?? ""}`));
      hearable(link);
      length.after(" ", link);
    }
    const state = document.querySelector("[data-state-words]");
    if (state) say(state, stateText(lines, isOffered()));
    if (!lines.isWhole) return;
    for (const part of document.querySelectorAll("[data-when-whole]")) /** @type {HTMLElement} */ (part).hidden = false;
    // What all of it sounds like has changed with this line.
    /** @type {HTMLAudioElement|null} */ (document.querySelector("#offer audio"))?.load();
  }

  function isOffered() {
    return !document.querySelector("#offer form[action$='/offer']");
  }

  /** @param {HTMLElement} link */
  function hearable(link) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      if (phase === "rest") play(link.getAttribute("href") ?? "");
    });
  }

  /** @param {string} source */
  function play(source) {
    player.src = source;
    player.play().catch(() => say(told, "This cannot be played at the moment."));
  }

  /** @param {string} cue */
  function address(cue) {
    return `/recordings/${pack.recording}/takes/${cue}/sound${kept ? `?kept=${kept}` : ""}`;
  }
}
