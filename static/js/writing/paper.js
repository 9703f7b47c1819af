// The sheet a script is written on: it grows with its text, numbers its lines, and marks those with something to mend.
import { el } from "../player/dom.js";

export class Paper {
  #area;
  #mirror = el("div", { class: "mirror", "aria-hidden": "true" });
  /** @type {Set<number>} */ #marked = new Set();

  /** @param {HTMLTextAreaElement} area */
  constructor(area) {
    this.#area = area;
    area.before(this.#mirror);
    area.parentElement?.setAttribute("data-lined", "");
    new ResizeObserver(() => this.#fit()).observe(/** @type {Element} */ (area.parentElement));
    this.write();
  }

  /** Writes the text again behind itself, line by line. */
  write() {
    const lines = this.#area.value.split("\n").map((text, index) =>
      el("div", { "data-number": index + 1, class: this.#marked.has(index + 1) ? "marked" : undefined }, text || " "));
    this.#mirror.replaceChildren(...lines);
    this.#fit();
  }

  /** @param {number[]} lines from 1 */
  mark(lines) {
    this.#marked = new Set(lines);
    for (const line of this.#mirror.children) line.classList.toggle("marked", this.#marked.has(Number(line.getAttribute("data-number"))));
  }

  #fit() {
    this.#area.style.blockSize = `${this.#mirror.offsetHeight}px`;
  }

  /** How far below the top a line begins, in pixels. @param {number} line */
  top(line) {
    const lines = this.#mirror.children;
    const found = /** @type {HTMLElement|undefined} */ (lines[Math.min(line, lines.length) - 1]);
    return found?.offsetTop ?? 0;
  }

  /** Puts the cursor to a place. @param {number} line from 1 @param {number} column likewise, in characters */
  goTo(line, column) {
    const lines = this.#area.value.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    // Columns count characters as people see them; the field counts in UTF-16.
    const within = [...(lines[line - 1] ?? "").trimStart()].slice(0, Math.max(0, column - 1)).join("").length;
    this.#area.focus({ preventScroll: true });
    this.#area.setSelectionRange(before + within, before + within);
    const top = this.#area.getBoundingClientRect().top + this.top(line) + scrollY;
    scrollTo({ top: Math.max(0, top - innerHeight / 3) });
  }
}

/**
 * Notes stand at the height of their lines, each below the one before; where there is no room beside the text they follow it.
 * @param {HTMLElement} margin @param {Paper} paper
 */
export function placeNotes(margin, paper) {
  const isBeside = getComputedStyle(margin).position === "relative" && matchMedia("(min-width: 60rem)").matches;
  const offset = /** @type {HTMLElement} */ (margin.previousElementSibling)?.querySelector("textarea")?.getBoundingClientRect().top ?? 0;
  const from = offset - margin.getBoundingClientRect().top;
  let free = 0;
  for (const note of /** @type {NodeListOf<HTMLElement>} */ (margin.querySelectorAll(".faults > li"))) {
    const line = Number(note.dataset.line ?? 0);
    const wanted = isBeside && line > 0 ? from + paper.top(line) : 0;
    const gap = Math.max(0, wanted - free);
    note.style.marginBlockStart = isBeside ? `${gap}px` : "";
    free += gap + note.offsetHeight + 8;
  }
}
