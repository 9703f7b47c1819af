// The questions on the screen: one at a time or all as a list, forward and back, by hand or by keyboard.
import { el, recall, remember, say } from "../player/dom.js";
import { actionFor } from "./keys.js";
import { gaps, placeWords, reviewWords } from "./sheet.js";

/** @typedef {import("./sheet.js").Sheet} Sheet @typedef {import("./sheet.js").Answers} Answers */

export class View {
  /** The question in sight, from 1; one past the last is the look back before sending. */
  place = 1;
  /** Whether she was told what is empty. */
  told = false;
  #before = "";

  /** @param {HTMLElement} root @param {Sheet} sheet @param {(change: "answer"|"place") => void} onChange */
  constructor(root, sheet, onChange) {
    this.form = /** @type {HTMLFormElement} */ (root.querySelector("[data-questions]"));
    this.fields = /** @type {HTMLElement[]} */ ([...this.form.querySelectorAll("[data-item]")]);
    this.sheet = sheet;
    this.of = this.fields.length;
    this.onChange = onChange;
    this.listed = this.of === 1 || recall("questions") === "list";
    this.#build();
    this.form.addEventListener("change", (event) => {
      const risky = /** @type {HTMLElement} */ (event.target).hasAttribute?.("data-endorsed");
      say(this.live, risky ? "Help is one tap away." : "");
      this.told = false;
      onChange("answer");
    });
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  #build() {
    const button = (/** @type {string} */ words, /** @type {() => void} */ click, quiet = true) =>
      el("button", { type: "button", class: quiet ? "button quiet" : "button", click }, words);
    this.where = el("p", { class: "where", role: "status" });
    this.live = el("p", { class: "sr", role: "status" });
    this.kept = el("span", { class: "kept-here soft" });
    this.switch = el("button", { type: "button", class: "link", click: () => this.#list(!this.listed) });
    this.back = button("Back", () => this.go(this.place - 1));
    this.next = button("Next", () => this.go(this.place + 1), false);
    this.controls = el("div", { class: "steps" }, this.back, this.next);
    this.keys = el("p", { class: "key-words soft" }, this.sheet.items.some(({ slider }) => slider)
      ? "By keyboard: a digit answers (1 then 0 for ten), Enter goes on, Backspace goes back."
      : "By keyboard: a digit answers, Enter goes on, Backspace goes back.");
    const bar = el("div", { class: "bar" }, this.where, this.switch);
    this.form.prepend(...(this.of > 1 ? [bar] : []), this.live);
    this.fields.at(-1)?.after(this.controls);
    this.form.append(this.kept, this.keys);
  }

  /** @returns {Answers} */
  get answers() {
    return this.fields.map((field) => {
      const chosen = /** @type {HTMLInputElement|null} */ (field.querySelector("input:checked"));
      return chosen && chosen.value !== "" ? Number(chosen.value) : null;
    });
  }

  /** Whether anything was chosen that the page did not come with. */
  get touched() {
    return this.fields.some((field) => [...field.querySelectorAll("input")].some((input) => input.checked !== input.defaultChecked));
  }

  /** @param {Answers} answers @param {number} place */
  fill(answers, place) {
    answers.forEach((answer, index) => this.#choose(index + 1, answer));
    this.place = Math.min(Math.max(1, place), this.of + 1);
    this.show();
  }

  show() {
    const last = !this.listed && this.place > this.of;
    this.fields.forEach((field, index) => (field.hidden = !this.listed && index + 1 !== this.place));
    this.controls.hidden = this.listed || last;
    this.back.hidden = this.place === 1;
    this.form.toggleAttribute("data-one", !this.listed);
    // What was said before the first question steps back after it.
    this.form.closest("[data-answering]")?.toggleAttribute("data-going", !this.listed && this.place > 1);
    this.form.querySelector("[data-finish]").hidden = !this.listed && !last;
    say(this.where, this.listed ? "" : last ? "Before it is kept" : placeWords(this.place, this.of));
    this.switch.textContent = this.listed ? "Show one at a time" : "Show all as a list";
    this.review(last);
  }

  /** What is empty, told before it is kept. @param {boolean} now */
  review(now) {
    const part = this.form.querySelector("[data-review]");
    part.hidden = !now;
    if (!now) return;
    this.told = true;
    const empty = gaps(this.answers);
    const words = reviewWords(empty, this.of);
    say(part.querySelector("[data-review-title]"), empty.length === 0 ? "That was the last question." : "A look back");
    say(part.querySelector("[data-review-words]"), words);
    const link = (/** @type {number} */ place) =>
      el("li", {}, el("button", { type: "button", class: "button quiet", click: () => this.go(place) }, el("span", { class: "sr" }, "Question "), String(place)));
    part.querySelector("[data-review-gaps]").replaceChildren(...empty.map(link), ...(this.listed ? [] : [el("li", {}, el("button", { type: "button", class: "link", click: () => this.go(this.of) }, "Back"))]));
  }

  /** @param {number} place */
  go(place) {
    this.place = Math.min(Math.max(1, place), this.of + 1);
    this.#before = "";
    if (!this.listed) this.show();
    this.#focus();
    this.onChange("place");
  }

  #focus() {
    const at = this.place > this.of ? this.form.querySelector("[data-review-title]") : this.fields[this.place - 1]?.querySelector("legend");
    at?.focus({ preventScroll: !this.listed });
    if (!this.listed) this.form.closest("[data-answering]")?.querySelector(".bar")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {boolean} listed */
  #list(listed) {
    this.listed = listed;
    remember("questions", listed ? "list" : "");
    if (!listed && this.place > this.of) this.place = 1;
    this.show();
    this.switch.focus();
  }

  /** @param {number} place @param {number|null} value */
  #choose(place, value) {
    const input = this.fields[place - 1]?.querySelector(`input[value="${value ?? ""}"]`);
    if (input) input.checked = true;
    return /** @type {HTMLInputElement|null} */ (input);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.form.closest("[hidden]") || this.of === 0) return;
    const focused = this.fields.findIndex((field) => field.contains(document.activeElement)) + 1;
    const place = this.listed ? focused || (this.of === 1 ? 1 : 0) : this.place;
    const item = this.sheet.items[place - 1] ?? null;
    const action = actionFor(event, item, this.#before);
    if (!action || event.repeat || (this.listed && (place === 0 || (action.kind !== "pick" && this.of === 1)))) return;
    event.preventDefault();
    // At the look back Enter keeps; Right does nothing there.
    if (action.kind === "next" && !this.listed && place > this.of) return void (event.key === "Enter" && this.form.requestSubmit());
    if (action.kind === "pick") {
      const input = this.#choose(place, action.value);
      input?.focus({ preventScroll: true });
      input?.dispatchEvent(new Event("change", { bubbles: true }));
      this.#before = event.key;
    } else if (this.listed) {
      this.place = place;
      this.go(Math.min(this.of, place + (action.kind === "next" ? 1 : -1)));
    } else this.go(place + (action.kind === "next" ? 1 : -1));
  }
}
