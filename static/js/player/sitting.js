// One sitting as it runs: playing, paused, eased out, over. No DOM and no clock of its own: each call is told the time,
// and where a sound leads, that says how far it is.
import { Heard, Timeline } from "./timeline.js";

/**
 * A longer gap than this without a tick means the device slept: the sitting pauses and the gap is not credited. A sound
 * that played on meanwhile says otherwise.
 */
export const GAP_SECONDS = 60;

/**
 * @typedef {import("./timeline.js").Cue} Cue
 * @typedef {"ready"|"playing"|"paused"|"over"} Running
 * @typedef {{position: number, played: [number, number][]}} Leading
 *   a sound that keeps the time: where it stands, and from where to where it was played, whatever was skipped
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
  /** What keeps the time while it is not null. @type {Leading|null} */
  sound = null;
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
    const from = this.position;
    // A sound that starts anew or rounds its place does not lead back.
    const to = Math.min(this.timeline.seconds, this.sound ? Math.max(from, this.sound.position) : from + passed * this.#rate);
    if (passed > GAP_SECONDS && (!this.sound || to - from < (passed - GAP_SECONDS) * this.#rate)) {
      this.running = "paused";
      this.slept = true;
    }
    if (this.sound) this.#creditPlayed(this.sound);
    else if (this.slept) return;
    else if (!this.easing) this.#heard.credit(from, to);
    this.#moveTo(to);
  }

  /** The sound itself knows what of it was heard, also while nobody looked. @param {Leading} sound */
  #creditPlayed({ played }) {
    if (this.easing) return;
    for (const [from, to] of played) this.#heard.credit(from, Math.min(to, this.timeline.seconds));
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

  /** To a place somebody chose on the lock screen. @param {number} nowMs @param {number} position */
  goTo(nowMs, position) {
    this.tick(nowMs);
    if (this.#under) this.#moveTo(Math.min(this.timeline.seconds, Math.max(0, position)));
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
    this.sound = null;
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
