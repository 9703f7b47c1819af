// What is said when she has answered: help before anything else where it is called for, and where the answers are.
import { say } from "../player/dom.js";

const HERE = "They are on this phone only, so far.";

/**
 * Where the answers are, as soon as that is known.
 * @param {import("../player/sync.js").Outcome} outcome
 * @param {import("../player/outbox.js").Entry|undefined} entry in the outbox; it leaves only when the server holds it
 * @param {boolean} lasting whether this browser keeps anything itself
 */
export function whereWords(outcome, entry, lasting) {
  if (!entry) return "They have arrived.";
  if (entry.state === "refused") return `What was sent from here could not be taken. ${entry.why ?? ""} It stays on this phone.`.replace("  ", " ");
  if (!lasting) return "They have not arrived yet. This browser keeps nothing itself: please leave this page open.";
  if (outcome.reason === "sign-in") return "They are on this phone, and will be sent when you sign in again.";
  if (outcome.reason === "later") return "They are on this phone, and will be sent when there is a network.";
  return HERE;
}

export class Ending {
  /** @param {HTMLElement} root */
  constructor(root) {
    const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(`[data-${name}]`));
    this.root = root;
    [this.asking, this.help, this.end, this.kept, this.where, this.sending, this.back, this.earlier] =
      ["asking", "help", "end", "kept", "where", "sending", "back-to-questions", "earlier"].map(find);
  }

  /** Help in the place of the questions, at her own touch; and back. */
  peek() {
    this.asking.hidden = this.earlier.hidden = true;
    this.help.hidden = this.back.hidden = false;
    this.#focus(this.help);
    this.back.querySelector("button")?.addEventListener("click", () => {
      this.asking.hidden = false;
      this.help.hidden = this.back.hidden = true;
    }, { once: true });
  }

  /** @param {{help: boolean, then: string[], offer: string|null}} follows @param {string} words */
  show({ help, then, offer }, words) {
    this.asking.hidden = true;
    this.end.hidden = false;
    say(this.kept, words);
    for (const link of this.end.querySelectorAll("[data-then]")) link.hidden = !then.includes(link.dataset.then ?? "");
    for (const link of this.end.querySelectorAll("[data-offer]")) link.hidden = link.dataset.offer !== offer;
    this.callForHelp(help || !this.earlier.hidden);
    this.earlier.hidden = true;
    this.#focus(help ? this.help : this.end);
  }

  /** @param {boolean} now once it is shown it stays */
  callForHelp(now) {
    if (!now) return;
    this.help.hidden = false;
    this.back.hidden = true;
    for (const link of this.end.querySelectorAll("[data-calm]")) link.hidden = true;
  }

  /** Who was told, once the server knows. @param {string} id */
  showTold(id) {
    const line = /** @type {HTMLElement|null} */ (this.end.querySelector("[data-told]"));
    const link = line?.querySelector("a");
    if (!line || !link) return;
    link.href = `/responses/${id}`;
    line.hidden = false;
  }

  /** Whether the server has the answers, and whether it could be reached. @param {boolean} arrived @param {boolean} reached */
  reached(arrived, reached) {
    for (const part of this.root.querySelectorAll("[data-on-its-way]")) part.hidden = arrived;
    for (const part of this.root.querySelectorAll("[data-arrived]")) part.hidden = !arrived;
    for (const part of this.root.querySelectorAll("[data-unreached]")) part.hidden = reached;
  }

  /** An answer given before, on another page, calls for help, as only the server knew: beside the questions, or with the end. */
  callForEarlier() {
    if (this.end.hidden) this.earlier.hidden = false;
    else this.callForHelp(true);
  }

  /** @param {string} words */
  tell(words) {
    say(this.where, words);
  }

  /** @param {HTMLElement} part */
  #focus(part) {
    scrollTo(0, 0);
    part.querySelector("[tabindex]")?.focus({ preventScroll: true });
  }
}
