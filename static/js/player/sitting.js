// One sitting as it runs: playing, paused, eased out, over. No DOM and no clock of its own: each call is told the time.
import { Heard, Timeline } from "./timeline.js";

/** A longer gap than this without a tick means the device slept: the sitting pauses and the gap is not credited. */
export const GAP_SECONDS = 60;

/**
 * @typedef {import("./timeline.js").Cue} Cue
 * @typedef {"ready"|"playing"|"paused"|"over"} Running
 */

export class Sitting {
  /** @type {Running} */
  running = "ready";
  /** True once the end of the practice itself was reached; easing out leaves it false. */
  finished = false;
  /** True from "ease out" on. */
  easing = false;
  /** True while paused because the device slept. */
  slept = false;
  position = 0;
  #heard = new Heard();
  #lastMs = 0;
  #easeOut;
  #rate;

  /** @param {{cues: Cue[], seconds: number, easeOut?: Cue[], rate?: number}} what `rate`: timeline seconds to a real one */
  constructor({ cues, seconds, easeOut = [], rate = 1 }) {
    this.timeline = new Timeline(cues, seconds);
    this.#easeOut = new Timeline(easeOut);
    this.#rate = rate;
  }

  /** Seconds of the practice that were played, each at most once. The ease out is not part of it. */
  get heardSeconds() {
    return this.#heard.seconds;
  }

  get place() {
    return this.timeline.at(this.position);
  }

  get secondsLeft() {
    return Math.max(0, this.timeline.seconds - this.position);
  }

  /** @param {number} nowMs */
  begin(nowMs) {
    if (this.running !== "ready") return;
    this.running = "playing";
    this.#lastMs = nowMs;
  }

  /** Lets time pass. However late a tick comes, the position catches up. @param {number} nowMs */
  tick(nowMs) {
    const passed = Math.max(0, (nowMs - this.#lastMs) / 1000);
    this.#lastMs = nowMs;
    if (this.running !== "playing") return;
    if (passed > GAP_SECONDS) {
      this.running = "paused";
      this.slept = true;
      return;
    }
    const to = Math.min(this.timeline.seconds, this.position + passed * this.#rate);
    if (!this.easing) this.#heard.credit(this.position, to);
    this.#moveTo(to);
  }

  /** @param {number} nowMs */
  pause(nowMs) {
    this.tick(nowMs);
    if (this.running === "playing") this.running = "paused";
  }

  /** @param {number} nowMs */
  resume(nowMs) {
    this.tick(nowMs);
    if (this.running !== "paused") return;
    this.running = "playing";
    this.slept = false;
  }

  /** Pause or resume, by what was so before the call: waking from sleep must not turn a "pause" into a "resume". @param {number} nowMs */
  toggle(nowMs) {
    if (this.running === "playing") this.pause(nowMs);
    else this.resume(nowMs);
  }

  /** @param {number} nowMs */
  back(nowMs) {
    this.tick(nowMs);
    if (this.#under) this.#moveTo(this.timeline.back(this.position));
  }

  /** @param {number} nowMs */
  skip(nowMs) {
    this.tick(nowMs);
    if (this.#under) this.#moveTo(this.timeline.skip(this.position));
  }

  /** Leaves the practice for its gentle ending; asked for a second time, or where there is none, it ends at once. @param {number} nowMs */
  easeOut(nowMs) {
    this.tick(nowMs);
    if (!this.#under) return;
    if (this.easing || this.#easeOut.cues.length === 0) {
      this.running = "over";
      return;
    }
    this.easing = true;
    this.slept = false;
    this.timeline = this.#easeOut;
    this.position = 0;
    this.running = "playing";
  }

  get #under() {
    return this.running === "playing" || this.running === "paused";
  }

  /** @param {number} position */
  #moveTo(position) {
    this.position = position;
    if (position < this.timeline.seconds) return;
    this.running = "over";
    if (!this.easing) this.finished = true;
  }
}
