// Where a reading is: which cue, how long its silence still lasts, and when it will end. Time is handed in; no page, no
// clock. Whatever the reader does, the silences still to come are shared anew, so that the end stays where it was asked
// for as far as the script allows.
import { rebalance } from "./share.js";

/** @typedef {import("./share.js").Silence} Silence */
/** @typedef {{seconds: number, silences: Silence[], text: string, section: string, kind: string, notes: string[]}} Cue */

export class Reading {
  /** @param {Cue[]} cues @param {number} seconds how long it is to last */
  constructor(cues, seconds) {
    this.cues = cues;
    this.seconds = seconds;
    this.index = 0;
    this.held = false;
    this.over = cues.length === 0;
    /** When the cue on the screen came, and how long its silence is to last. */
    this.since = 0;
    this.silence = 0;
    this.#share(0);
  }

  /** The cue on the screen. */
  get cue() {
    return this.cues[this.index];
  }

  /**
   * @param {number} at seconds since the beginning
   * @returns {{phase: "cue"|"silence"|"over", left: number, part: number, held: boolean, ends: number}}
   *   seconds and part left of the silence, and when it will all end
   */
  now(at) {
    if (this.over) return { phase: "over", left: 0, part: 0, held: false, ends: at };
    const quiet = at - this.since - this.cue.seconds;
    const left = Math.max(0, this.silence - Math.max(0, quiet));
    const phase = quiet < 0 ? "cue" : "silence";
    return { phase, left, part: this.silence > 0 ? left / this.silence : 0, held: this.held, ends: this.#ends(at) };
  }

  /** Lets time pass: cues whose silence is over give way, unless they are held. @param {number} at */
  tick(at) {
    while (!this.over && !this.held) {
      const end = this.since + this.cue.seconds + this.silence;
      if (at < end) return;
      this.#go(this.index + 1, end);
    }
  }

  /** @param {number} at */
  next(at) {
    if (!this.over) this.#go(this.index + 1, at);
  }

  /** @param {number} at */
  back(at) {
    this.#go(this.over ? this.cues.length - 1 : Math.max(0, this.index - 1), at);
  }

  /** To a cue further on or back, as when somebody has to be brought out of it. @param {number} index @param {number} at */
  jump(index, at) {
    this.#go(Math.min(Math.max(0, index), this.cues.length - 1), at);
  }

  /** The silence does not end until it is let go; then the next cue comes at once, if it is due. @param {number} at */
  hold(at) {
    if (this.over) return;
    this.held = !this.held;
    // Not as time passing by itself: the cues after it begin now, they have not been missed.
    if (!this.held && at >= this.since + this.cue.seconds + this.silence) this.#go(this.index + 1, at);
  }

  /** A little longer, or shorter, within what the script allows. @param {number} by seconds @param {number} at */
  stretch(by, at) {
    if (this.over) return;
    const [least, most] = bounds(this.cue.silences);
    const passed = Math.max(0, at - this.since - this.cue.seconds);
    this.silence = Math.max(passed, Math.min(most, Math.max(least, this.silence + by)));
    this.tick(at);
  }

  /** @param {number} index @param {number} at */
  #go(index, at) {
    this.held = false;
    this.since = at;
    this.over = Math.max(0, index) >= this.cues.length;
    if (this.over) return;
    this.index = Math.max(0, index);
    this.#share(at);
  }

  /** @param {number} at */
  #share(at) {
    if (this.over) return;
    this.silence = rebalance(this.cues.slice(this.index), this.seconds - at)[0];
  }

  /** When the end comes if nothing more is done. @param {number} at */
  #ends(at) {
    const next = Math.max(at, this.since + this.cue.seconds + this.silence);
    const rest = this.cues.slice(this.index + 1);
    const silences = rebalance(rest, this.seconds - next);
    return rest.reduce((end, cue, index) => end + cue.seconds + silences[index], next);
  }
}

/** @param {Silence[]} silences @returns {[number, number]} least and most seconds together */
function bounds(silences) {
  const sum = (/** @type {"least"|"most"} */ key) => silences.reduce((total, silence) => total + silence[key], 0) / 1000;
  return [sum("least"), sum("most")];
}
