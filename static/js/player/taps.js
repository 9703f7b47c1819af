// Three taps afterwards. Real radio buttons, all optional, and no network needed.
import { HARD, STEADY } from "./done.js";
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
    comfort.show(taps.effect === -2);
    onTap({ ...taps });
  };
  /** @param {Taps} kept */
  const done = (kept) => {
    if (over) return;
    over = true;
    onDone(kept);
  };
  const comfort = comfortFor(pack);
  const effects = choices("effect", EFFECTS, (effect) => tap({ effect }));
  const fits = choices("fit", Array.from({ length: 11 }, (_, fit) => ({ value: fit, words: String(fit) })), (fit) => tap({ fit }), ENDS);

  return el("form", { class: "player-screen player-taps", submit: (/** @type {Event} */ event) => { event.preventDefault(); done({ ...taps }); } },
    el("h1", { tabindex: "-1" }, heardWords(secondsHeard)),
    question("effect", "How did it leave you?", el("div", { class: "player-choices" }, ...effects), comfort.element),
    question("fit", "How well does it fit you?", el("div", { class: "player-choices" }, ...fits),
      el("p", { class: "player-ends", "aria-hidden": "true" }, ...ENDS.map((end) => el("span", {}, end)))),
    question("barrier", "What got in the way?", ...barriers(pack, (barrier) => tap({ barrier }))),
    el("div", { class: "player-keep" },
      el("button", { type: "submit", class: "button" }, "Keep"),
      el("button", { type: "button", class: "button quiet", click: () => done({ ...UNRATED }) }, "Leave it unrated")));
}

/** What the least and the greatest fit mean. */
const ENDS = ["not at all", "very well"];

/** @param {string} name @param {string} asked @param {...Element} children */
const question = (name, asked, ...children) =>
  el("fieldset", { class: `player-question player-question-${name}` }, el("legend", {}, asked), ...children);

/**
 * @template {string|number} V
 * @param {string} name
 * @param {{value: V, words: string}[]} options
 * @param {(value: V) => void} onChoice
 * @param {string[]} [ends] what the first and the last option mean
 * @returns {HTMLElement[]}
 */
function choices(name, options, onChoice, ends) {
  return options.map(({ value, words }, index) => {
    const end = ends && (index === 0 ? ends[0] : index === options.length - 1 ? ends[1] : "");
    return el("label", { class: "player-choice" },
      el("input", { type: "radio", name, value, change: () => onChoice(value) }),
      el("span", {}, words, end && el("span", { class: "player-hidden" }, `, ${end}`)));
  });
}

/**
 * Nothing, or something: what it may have been is shown only to one who asks, for it is long and some of it hurts to read.
 * @param {import("./pack.js").Pack} pack @param {(barrier: string) => void} onChoice
 * @returns {HTMLElement[]}
 */
function barriers(pack, onChoice) {
  const options = pack.barriers.map(({ code, words }) => ({ value: code, words }));
  const nothing = choices("barrier", options.filter(({ value }) => value === "nothing"), onChoice);
  const others = choices("barrier", options.filter(({ value }) => value !== "nothing"), onChoice);
  let open = false;
  const toggle = el("button", { type: "button", class: "player-something", "aria-expanded": "false", "aria-controls": "player-barriers", click: () => unfold(!open) }, "Something did");
  const list = el("div", { id: "player-barriers", class: "player-choices player-others" }, ...others);

  /** Folded, only what was chosen stays in sight. @param {boolean} now */
  function unfold(now) {
    open = now;
    toggle.setAttribute("aria-expanded", String(open));
    for (const other of others) other.hidden = !open && !other.querySelector("input")?.checked;
    list.hidden = others.every((other) => other.hidden);
  }
  unfold(false);
  return [el("div", { class: "player-choices" }, ...nothing, others.length > 0 && toggle), list];
}

/** For when it was hard: said at once, and she may go; what she tapped is saved as it was tapped. @param {import("./pack.js").Pack} pack */
function comfortFor(pack) {
  const element = el("div", { class: "player-comfort", role: "status" });
  const inside = [
    el("p", {}, HARD),
    el("p", { class: "player-links" },
      el("a", { class: "link", href: pack.help }, "Help"), el("a", { class: "link", href: STEADY }, "Something steady")),
  ];
  let shown = false;
  return {
    element,
    /** @param {boolean} now */
    show(now) {
      if (now !== shown) element.replaceChildren(...(now ? inside : []));
      shown = now;
    },
  };
}
