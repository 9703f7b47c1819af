// What stands on the teleprompter's screen, and its buttons.
import { el, say } from "../player/dom.js";
import { clock, endWords, wordsOf } from "./words.js";

/** @typedef {import("./reading.js").Reading} Reading */
/** @typedef {import("./keys.js").Action} Action */

/**
 * @param {{title: string, seconds: number, cues: any[], notes: string[], notes_after: string[]}} pack
 * @param {{act: (action: Action|{jump: number}) => void, end: () => void}} does
 */
export function stageScreen(pack, { act, end }) {
  const button = (/** @type {string} */ label, /** @type {Action} */ action, /** @type {string} */ key, extra = "") =>
    el("button", { type: "button", class: `teleprompter-control ${extra}`, "aria-keyshortcuts": key, click: () => act(action) }, label);
  const section = el("p", { class: "teleprompter-section" });
  const before = notes();
  const cue = el("p", { class: "teleprompter-cue", tabindex: "-1", "aria-live": "polite" });
  const bar = el("span");
  const count = el("span", { class: "teleprompter-count" });
  const between = notes();
  const next = el("p", { class: "teleprompter-next", "aria-hidden": "true" });
  const time = el("p", { class: "teleprompter-time" });
  const hold = button("Hold", "hold", "p");
  const ring = el("input", { type: "checkbox" });
  const starts = pack.cues.flatMap((one, index) => (index === 0 || one.section !== pack.cues[index - 1].section ? [{ index, section: one.section }] : []));
  const goTo = el("select", { "aria-label": "Go to", change: () => {
    const index = Number(goTo.value);
    goTo.selectedIndex = 0;
    goTo.blur();
    if (index >= 0) act({ jump: index });
  } }, el("option", { value: "-1" }, "Go to …"), ...starts.map((start) => el("option", { value: start.index }, start.section)));
  const element = el("section", { class: "teleprompter", "aria-label": `${pack.title}, to be read aloud` },
    el("h1", { class: "sr" }, pack.title),
    el("div", { class: "teleprompter-text" }, section, before.element, cue,
      el("p", { class: "teleprompter-silence" }, el("span", { class: "teleprompter-line", "aria-hidden": "true" }, bar), count),
      between.element, next),
    el("div", { class: "teleprompter-foot" }, time,
      el("div", { class: "teleprompter-controls" },
        button("Back", "back", "ArrowLeft"), button("Shorter", "shorter", "ArrowDown"), hold, button("Longer", "longer", "ArrowUp"),
        button("Next", "next", "Space", "teleprompter-main")),
      el("div", { class: "teleprompter-more" }, goTo,
        el("label", { class: "tick" }, ring, "Bell"),
        document.fullscreenEnabled && el("button", { type: "button", class: "link", click: () => toggleFull(element) }, "Full screen"),
        el("button", { type: "button", class: "link", click: end }, "Leave"))));
  return {
    element,
    focus: () => cue.focus({ preventScroll: true }),
    rings: () => ring.checked,
    /** @param {Reading} reading @param {number} at */
    show(reading, at) {
      const now = reading.now(at);
      element.dataset.phase = now.phase;
      if (now.phase === "over") return over();
      const following = reading.cues[reading.index + 1];
      say(section, reading.cue.section);
      before.show(reading.cue.notes);
      say(cue, wordsOf(reading.cue));
      between.show(following ? following.notes : pack.notes_after);
      say(next, following && following.section !== reading.cue.section ? `${following.section}: ${wordsOf(following)}` : wordsOf(following));
      bar.style.transform = `scaleX(${now.phase === "silence" ? now.part : 1})`;
      say(count, now.held ? "held" : now.phase === "silence" ? clock(Math.ceil(now.left)) : "");
      say(hold, now.held ? "Go on" : "Hold");
      hold.setAttribute("aria-pressed", String(now.held));
      say(time, `${clock(at)} · ${endWords(now.ends, pack.seconds)}`);
    },
  };

  function over() {
    say(section, "");
    before.show(pack.notes_after);
    say(cue, "That was the last of it.");
    between.show([]);
    say(next, "Nothing of this is kept. If you would like to remember it, it is yours to note.");
    say(count, "");
    say(time, "");
  }
}

/** Notes for the reader. */
function notes() {
  const element = el("div", { class: "teleprompter-notes" });
  let told = "";
  return {
    element,
    /** @param {string[]} lines */
    show(lines) {
      if (told === lines.join("\n")) return;
      told = lines.join("\n");
      element.replaceChildren(...lines.map((line) => el("p", {}, line)));
    },
  };
}

/** @param {Element} element */
function toggleFull(element) {
  if (document.fullscreenElement) void document.exitFullscreen();
  else element.requestFullscreen().catch(() => {});
}
