// The editor of a practice: checked while one writes, and what is typed stays on this device until it is kept.
import { onEnd } from "../player/delivery.js";
import { el, say } from "../player/dom.js";
import { Paper, placeNotes } from "./paper.js";
import { Typed } from "./typed.js";

const HOLD_MS = 250;
const CHECK_MS = 700;
const FAR_MS = 8_000;

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-writing]"));
const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.querySelector(`[data-${name}]`));
const area = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("script"));
const base = /** @type {HTMLInputElement} */ (form.elements.namedItem("base"));
const [said, first, kept, margin, timeline] = ["said", "first", "kept", "margin", "timeline"].map(part);
const typed = new Typed(storage(), document.documentElement.dataset.person ?? "", form.dataset.writing ?? "");
const paper = new Paper(area);

/** This device's storage; one that keeps nothing where there is none to be had. */
function storage() {
  try {
    return localStorage;
  } catch {
    const refuse = () => {
      throw new Error("not allowed");
    };
    return { getItem: refuse, setItem: refuse, removeItem: refuse };
  }
}

/** @returns {import("./typed.js").Fields} */
const fields = () => [...new FormData(form)].map(([name, value]) => [name, String(value)]);

/** Fills the form in as it was. @param {import("./typed.js").Fields} was */
function fill(was) {
  const values = (/** @type {string} */ name) => was.filter(([known]) => known === name).map(([, value]) => value);
  for (const control of form.elements) {
    const field = /** @type {HTMLInputElement} */ (control);
    if (!field.name || field.type === "hidden" || field.type === "submit") continue;
    const sent = values(field.name);
    if (field.type === "checkbox" || field.type === "radio") field.checked = sent.includes(field.value);
    else field.value = sent[0] ?? "";
  }
  paper.write();
}

/** @type {string|null} what the margin shows; what the server wrote there first is shown again */ let panel = null;
let ended = false;
let holding = 0;
let checking = 0;
/** @type {AbortController|null} */ let under = null;

function changed() {
  clearTimeout(holding);
  holding = setTimeout(hold, HOLD_MS);
  later(CHECK_MS);
}

function hold() {
  if (ended) return;
  const holds = typed.hold(base.value, fields(), Date.now());
  say(kept, holds ? "Typed since then: on this device, not kept as a version yet." : "This browser keeps nothing itself. Keep it before you leave the page.");
}

/** @param {number} ms */
function later(ms) {
  clearTimeout(checking);
  checking = setTimeout(check, ms);
}

async function check() {
  under?.abort();
  under = new AbortController();
  try {
    const answer = await fetch(`/writing/${form.dataset.writing}/check`, {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(fields()),
      signal: under.signal,
    });
    if (answer.status === 429) return later(1_000 * Number(answer.headers.get("Retry-After") ?? 2));
    if (answer.status === 401) return say(said, "You were signed out. Sign in again in another tab; what you typed is on this device.");
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json());
  } catch (error) {
    if (/** @type {Error} */ (error).name === "AbortError") return;
    say(said, "It cannot be checked just now. What you type is on this device.");
    later(FAR_MS);
  }
}

/** @param {{said: string, panel: string, timeline: string, faults: {line: number|null}[]}} found markup from our own server, escaped there */
function show(found) {
  say(said, found.said);
  // What is the same stays, and whoever stands on it with the keys stays on it.
  if (panel !== found.panel) margin.innerHTML = panel = found.panel;
  first.hidden = found.faults.length === 0;
  const goes = timeline.querySelector("div");
  if (goes) goes.innerHTML = found.timeline;
  paper.mark(found.faults.flatMap(({ line }) => (line === null ? [] : [line])));
  placeNotes(margin, paper);
}

margin.addEventListener("click", (event) => {
  const link = /** @type {HTMLElement} */ (event.target).closest("[data-fault]");
  if (!(link instanceof HTMLElement)) return;
  event.preventDefault();
  if (link.dataset.line) return paper.goTo(Number(link.dataset.line), Number(link.dataset.column ?? 1));
  const field = document.querySelector(link.getAttribute("href") ?? "#script");
  if (!(field instanceof HTMLElement)) return;
  field.closest("details")?.setAttribute("open", "");
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
});

first.addEventListener("click", () => /** @type {HTMLElement|null} */ (margin.querySelector("[data-fault]"))?.click());

form.addEventListener("input", () => {
  paper.write();
  placeNotes(margin, paper);
  changed();
});
// The buttons beside the minutes change them without an event.
form.addEventListener("click", (event) => {
  if (/** @type {HTMLElement} */ (event.target).closest("[data-stepper]")) later(CHECK_MS / 2);
});
form.addEventListener("submit", hold);
// Whoever signs out has said what becomes of it.
onEnd(async () => void (ended = true));
form.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    form.requestSubmit(form.querySelector(".writing-bar .button:not(.quiet)"));
  }
});
addEventListener("pagehide", () => {
  if (holding) hold();
});
addEventListener("resize", () => placeNotes(margin, paper));

const restored = part("restored");
function bringBack() {
  const held = typed.read();
  if (!held) return;
  fill(held.fields);
  const when = new Date(held.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  const note = `What was typed on this device at ${when} is here again. It is not kept as a version yet.`;
  const undo = el("button", { type: "button", class: "link", click: () => (typed.forget(), location.reload()) }, "Leave it, and use the kept version");
  restored.replaceChildren(el("p", { role: "status" }, note), undo);
  restored.hidden = false;
  base.value = held.base;
  say(kept, "Not kept yet.");
}

const met = typed.meet({ base: base.value, fields: fields(), isUnkept: "unkept" in form.dataset, now: Date.now() });
if (met === "bring-back") bringBack();
if (met === "ask") {
  restored.replaceChildren(
    el("p", {}, "There is text on this device that was typed before this version was kept."),
    el("button", { type: "button", class: "button quiet", click: () => (bringBack(), paper.write(), later(0)) }, "Bring it back"),
    el("button", { type: "button", class: "link", click: () => (typed.forget(), (restored.hidden = true)) }, "Forget it"));
  restored.hidden = false;
}
later(0);
