// The lines of a practice as they are read one after the other. No page, no microphone.

/** @typedef {{cue: string, text: string, wishes: string|null, seconds: number|null}} Line */

export class Lines {
  /** Begins at the first line that is still to be read. @param {Line[]} lines */
  constructor(lines) {
    this.lines = lines;
    const open = lines.findIndex((line) => line.seconds === null);
    this.index = Math.max(0, open);
  }

  get line() {
    return this.lines[this.index];
  }

  /** The one after it; undefined at the end. */
  get following() {
    return this.lines[this.index + 1];
  }

  get #needed() {
    return this.lines.filter((line) => line.wishes === null);
  }

  get needed() {
    return this.#needed.length;
  }

  get done() {
    return this.#needed.filter((line) => line.seconds !== null).length;
  }

  /** Whether everything that has to be read was. */
  get isWhole() {
    return this.needed > 0 && this.done === this.needed;
  }

  /** @param {string} cue @param {number} seconds */
  keep(cue, seconds) {
    const line = this.lines.find((one) => one.cue === cue);
    if (line) line.seconds = seconds;
  }

  /** @returns {boolean} whether there was another one */
  next() {
    return this.go(this.index + 1);
  }

  /** @returns {boolean} */
  back() {
    return this.go(this.index - 1);
  }

  /** @param {number} index @returns {boolean} */
  go(index) {
    if (index < 0 || index >= this.lines.length) return false;
    this.index = index;
    return true;
  }

  /** @param {string} cue @returns {boolean} */
  goTo(cue) {
    return this.go(this.lines.findIndex((line) => line.cue === cue));
  }
}
