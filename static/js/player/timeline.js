// Where a position in seconds lies among a composition's cues, and how much of it was truly heard. Pure.

/**
 * @typedef {{at: number, seconds: number, kind: "speech"|"bell", section?: string, text?: string}} Cue
 * @typedef {{index: number, cue: Cue|null, next: Cue|null, caption: Cue|null, speaking: boolean, silence: number|null}} Place
 *   `caption`: the last cue up to here that has words (a bell leaves the words before it standing);
 *   `silence`: how much of the silence has passed, 0 to 1, or null while something sounds
 */

/** Within this many seconds of a cue's start, "back" means the one before. */
const JUST_BEGUN_SECONDS = 2;

export class Timeline {
  /**
   * @param {Cue[]} cues
   * @param {number} [seconds] the whole length; without it, a breath after the last cue's end
   */
  constructor(cues, seconds) {
    this.cues = [...cues].sort((a, b) => a.at - b.at);
    const last = this.cues.at(-1);
    const spoken = last ? last.at + last.seconds : 0;
    this.seconds = seconds ?? (last ? spoken + 3 : 0);
  }

  /** @param {number} position @returns {Place} */
  at(position) {
    const index = this.#indexAt(position);
    const cue = this.cues[index] ?? null;
    const next = this.cues[index + 1] ?? null;
    const from = cue ? Math.min(cue.at + cue.seconds, next?.at ?? this.seconds) : 0;
    const to = next ? next.at : this.seconds;
    const speaking = cue !== null && position < from;
    const silence = speaking ? null : clamp((position - from) / (to - from || 1), 0, 1);
    let worded = index;
    while (worded >= 0 && !this.cues[worded].text) worded -= 1;
    return { index, cue, next, caption: this.cues[worded] ?? null, speaking, silence };
  }

  /** Where "back" leads: this cue's start, or the one before when this one has only just begun. @param {number} position */
  back(position) {
    const start = this.cues[this.#indexAt(position)]?.at ?? 0;
    if (position - start >= JUST_BEGUN_SECONDS) return start;
    return this.cues.findLast((cue) => cue.at < start)?.at ?? Math.min(start, position);
  }

  /** Where "skip" leads: the next cue, or the end after the last. @param {number} position */
  skip(position) {
    return this.cues.find((cue) => cue.at > position)?.at ?? this.seconds;
  }

  /** @param {number} position the last cue begun by then, -1 before the first */
  #indexAt(position) {
    let low = 0;
    let high = this.cues.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.cues[middle].at <= position) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Which stretches of a timeline were played. A stretch heard again counts no second time. */
export class Heard {
  /** @type {[number, number][]} apart from one another, in order */
  #stretches = [];

  /** @param {number} from @param {number} to */
  credit(from, to) {
    if (!(to > from)) return;
    const apart = this.#stretches.filter(([start, end]) => end < from || start > to);
    const joined = this.#stretches.filter(([start, end]) => end >= from && start <= to);
    const start = Math.min(from, ...joined.map((stretch) => stretch[0]));
    const end = Math.max(to, ...joined.map((stretch) => stretch[1]));
    this.#stretches = [...apart, /** @type {[number, number]} */ ([start, end])].sort((a, b) => a[0] - b[0]);
  }

  get seconds() {
    return this.#stretches.reduce((sum, [start, end]) => sum + (end - start), 0);
  }
}

/** @param {number} value @param {number} least @param {number} most */
const clamp = (value, least, most) => Math.min(most, Math.max(least, value));
