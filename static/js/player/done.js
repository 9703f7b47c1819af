// The last screen: that it is kept, that it has arrived, and what the person may want now.
import { el, say } from "./dom.js";

/** @typedef {import("./record.js").SittingRecord} SittingRecord */

/** A minute of feeling the soles of the feet: the gentlest thing there is, for when a practice was hard. */
const STEADY = "/practise/soles-ground?minutes=1";

/**
 * @param {import("./pack.js").Pack} pack
 * @param {SittingRecord} record
 */
export function doneScreen(pack, record) {
  const state = el("p", { class: "player-state", role: "status" });
  const link = (/** @type {string} */ href, /** @type {string} */ words, quiet = true) =>
    el("a", { class: quiet ? "button quiet" : "button", href }, words);
  const hard = record.effect === -2;
  const unsuited = !hard && (record.effect === -1 || (record.fit !== null && record.fit <= 3));
  const home = link(pack.home, "Back to today", hard || unsuited);

  const element = el("section", { class: "player-screen player-done" },
    el("h1", { tabindex: "-1" }, hard ? "That was hard. You do not have to do more now." : "That is all for now."),
    el("div", { class: "player-onward" },
      ...(hard
        ? [link(pack.help, "Help", false), link(STEADY, "Something steady"), link(pack.something_else, "Something else"), home]
        : unsuited
          ? [link(pack.something_else, "Would you like something else next time?"), home]
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
 */
export function whereItIs(outcome, entry, before) {
  if (!entry) return "Arrived.";
  if (entry.state === "refused") return `It could not be taken. ${entry.why ?? ""} It stays on this phone.`;
  if (!before.startsWith(KEPT)) return before;
  if (outcome.reason === "sign-in") return `${KEPT} It will be sent when you sign in again.`;
  if (outcome.reason === "later") return `${KEPT} It will be sent when there is a network.`;
  return before;
}
