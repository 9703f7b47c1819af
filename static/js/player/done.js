// The last screen: that it is kept, that it has arrived, and what the person may want now.
import { el, say } from "./dom.js";

/** @typedef {import("./record.js").Taps} Taps */

export const HARD = "That was hard. You do not have to do more now.";
/** A minute of feeling the soles of the feet: the gentlest thing there is, for when a practice was hard. */
export const STEADY = "/practise/soles-ground?minutes=1";

/** Whether it may be time for something else: it fitted badly, left the person worse, or something got in the way. @param {Taps} taps */
export const unsuits = (taps) =>
  (taps.effect !== null && taps.effect < 0) || (taps.fit !== null && taps.fit <= 3) || (taps.barrier !== null && taps.barrier !== "nothing");

/**
 * Where something else is offered. What was tapped goes along, because the record itself may still be on its way.
 * @param {import("./pack.js").Pack} pack @param {Taps} taps
 */
export function somethingElse(pack, taps) {
  const said = Object.entries({ barrier: taps.barrier, effect: taps.effect }).filter(([, tap]) => tap !== null);
  return pack.something_else + said.map(([name, tap]) => `&${name}=${tap}`).join("");
}
/** Where one says what practising brought that was not wanted. */
const UNWANTED = "/me/unwanted-effects";

/**
 * @param {import("./pack.js").Pack} pack
 * @param {Taps} taps
 */
export function doneScreen(pack, taps) {
  const state = el("p", { class: "player-state", role: "status" });
  const link = (/** @type {string} */ href, /** @type {string} */ words, quiet = true) =>
    el("a", { class: quiet ? "button quiet" : "button", href }, words);
  const hard = taps.effect === -2;
  const unsuited = !hard && unsuits(taps);
  const other = somethingElse(pack, taps);
  const helped = pack.rate === false;
  const written = pack.keep === false;
  const home = link(pack.home, written ? "Back to writing" : "Back to today", hard || unsuited || (helped && !written));

  const element = el("section", { class: "player-screen player-done" },
    el("h1", { tabindex: "-1" }, hard ? HARD : "That is all for now."),
    el("div", { class: "player-onward" },
      ...(hard
        ? [link(pack.help, "Help", false), link(STEADY, "Something steady"), link(other, "Something else"), link(UNWANTED, "Say what it brought"), home]
        : unsuited
          ? [link(other, "Would you like something else next time?"), home]
          : helped && !written
            ? [link(pack.help, "Back to help", false), home]
            : [home])),
    state);

  return {
    element,
    /** @param {string} words */
    tell: (words) => say(state, words),
  };
}

const KEPT = "Kept on this phone.";

/**
 * What to say of where the record is, as soon as that is known.
 * @param {import("./sync.js").Outcome} outcome
 * @param {import("./outbox.js").Entry|undefined} entry the record in the outbox; it leaves only when the server holds it
 * @param {string} before what was said until now
 * @param {Taps} taps
 */
export function whereItIs(outcome, entry, before, taps) {
  if (!entry) return taps.effect === -2 ? "Kept." : "Arrived.";
  if (entry.state === "refused") return `It could not be taken. ${entry.why ?? ""} It stays on this phone.`;
  if (!before.startsWith(KEPT)) return before;
  if (outcome.reason === "sign-in") return `${KEPT} It will be sent when you sign in again.`;
  if (outcome.reason === "later") return `${KEPT} It will be sent when there is a network.`;
  return before;
}
