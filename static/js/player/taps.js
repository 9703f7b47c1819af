// Three taps afterwards. Real radio buttons, all optional, and no network needed.
import { el } from "./dom.js";
import { UNRATED } from "./record.js";
import { EFFECTS, heardWords } from "./words.js";

/** @typedef {import("./record.js").Taps} Taps */

/**
 * @param {import("./pack.js").Pack} pack
 * @param {number} secondsHeard
 * @param {{onTap: (taps: Taps) => void, onDone: (taps: Taps) => void}} means `onTap` at each tap, `onDone` once
 */
export function tapsScreen(pack, secondsHeard, { onTap, onDone }) {
  const taps = { ...UNRATED };
  let over = false;
  /** @param {Partial<Taps>} change */
  const tap = (change) => {
    Object.assign(taps, change);
    onTap({ ...taps });
  };
  /** @param {Taps} kept */
  const done = (kept) => {
    if (over) return;
    over = true;
    onDone(kept);
  };
  const fits = Array.from({ length: 11 }, (_, fit) => ({ value: fit, words: String(fit) }));
  const nothingFirst = [...pack.barriers].sort((a, b) => Number(b.code === "nothing") - Number(a.code === "nothing"));

  return el("form", { class: "player-screen player-taps", submit: (/** @type {Event} */ event) => { event.preventDefault(); done({ ...taps }); } },
    el("h1", { tabindex: "-1" }, heardWords(secondsHeard)),
    question("effect", "How did it leave you?", EFFECTS, (effect) => tap({ effect })),
    question("fit", "How well does it fit you?", fits, (fit) => tap({ fit }), ["not at all", "very well"]),
    question("barrier", "What got in the way?", nothingFirst.map(({ code, words }) => ({ value: code, words })), (barrier) => tap({ barrier })),
    el("div", { class: "player-keep" },
      el("button", { type: "submit", class: "button" }, "Keep"),
      el("button", { type: "button", class: "button quiet", click: () => done({ ...UNRATED }) }, "Leave it unrated")));
}

/**
 * @template {string|number} V
 * @param {string} name
 * @param {string} asked
 * @param {{value: V, words: string}[]} options
 * @param {(value: V) => void} onChoice
 * @param {[string, string]} [ends] what the first and the last option mean
 */
function question(name, asked, options, onChoice, ends) {
  const choices = options.map(({ value, words }, index) => {
    const end = ends && (index === 0 ? ends[0] : index === options.length - 1 ? ends[1] : "");
    return el("label", { class: "player-choice" },
      el("input", { type: "radio", name, value, change: () => onChoice(value) }),
      el("span", {}, words, end && el("span", { class: "player-hidden" }, `, ${end}`)));
  });
  return el("fieldset", { class: `player-question player-question-${name}` },
    el("legend", {}, asked),
    el("div", { class: "player-choices" }, ...choices),
    ends && el("p", { class: "player-ends", "aria-hidden": "true" }, el("span", {}, ends[0]), el("span", {}, ends[1])));
}
