// The keyboard while a practice plays. Letters can be switched off: someone may be talking to her computer (WCAG 2.1.4).
import { el, recall, remember } from "./dom.js";

/** @typedef {"toggle"|"pause"|"resume"|"back"|"skip"|"ease"|"voice"} Action */

/** @type {Record<string, Action>} */
const ALWAYS = { " ": "toggle", ArrowLeft: "back", ArrowRight: "skip", Escape: "pause" };
/** @type {Record<string, Action>} */
const LETTERS = { k: "toggle", j: "back", l: "skip", e: "ease", m: "voice" };

const SHOWN = [
  ["Space or K", "pause, go on"],
  ["Left or J", "back"],
  ["Right or L", "skip"],
  ["E", "ease out"],
  ["M", "voice on, off"],
  ["Escape", "pause"],
];

/**
 * What a key press asks for. A space on a button is the button's own, so that it acts once.
 * @param {KeyboardEvent} event @param {boolean} letters @returns {Action|null}
 */
export function actionFor(event, letters) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return null;
  const target = /** @type {Element|null} */ (event.target);
  if (event.key === " " && target?.closest?.("button, a, summary, input, select, textarea")) return null;
  if (target?.closest?.("input:not([type=checkbox]), select, textarea, dialog")) return null;
  return ALWAYS[event.key] ?? (letters ? LETTERS[event.key.toLowerCase()] : null) ?? null;
}

/** @param {(action: Action) => boolean} act says whether the key was taken */
export function listenForKeys(act) {
  document.addEventListener("keydown", (event) => {
    const action = actionFor(event, recall("letters") !== "off");
    if (action && !event.repeat && act(action)) event.preventDefault();
    else if (action && event.repeat && event.key === " ") event.preventDefault();
  });
}

/** The list of keys, folded away. */
export function keysDisclosure() {
  const letters = el("input", {
    type: "checkbox",
    change: (/** @type {Event} */ event) => remember("letters", /** @type {HTMLInputElement} */ (event.target).checked ? "" : "off"),
  });
  letters.checked = recall("letters") !== "off";
  return el("details", { class: "player-keys" },
    el("summary", {}, "Keys"),
    el("dl", {}, ...SHOWN.map(([key, does]) => el("div", {}, el("dt", {}, key), el("dd", {}, does)))),
    el("label", { class: "player-letters" }, letters, "Letter keys work too"));
}
