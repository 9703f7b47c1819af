// The sound file of a practice in an audio element: plays, rests, goes somewhere, and says where it is, what of it was
// played, and whether it moves.

/**
 * @typedef {{ogg: string, mp4: string, bytes: number, voice: string, label: string|null, synthetic: boolean, spoken: number,
 *   cues: number}} SoundFile  `spoken`: how many of its cues are said; none where there are only bells
 */

/** Without moving for so long it does not lead. */
const STILL_MS = 1_200;
/** Nearer than this it stays where it is: every jump is heard. */
const NEAR_SECONDS = 0.25;
const TYPES = { ogg: "audio/ogg; codecs=opus", mp4: "audio/mp4; codecs=opus" };

/**
 * Which of its files a browser plays. Some of Apple's say they play Ogg and do not, so there MP4 comes first.
 * @param {SoundFile} file @param {(type: string) => string} canPlay @param {boolean} apple @returns {string} "" for none
 */
export function addressOf(file, canPlay, apple) {
  const kinds = /** @type {("ogg"|"mp4")[]} */ (apple ? ["mp4", "ogg"] : ["ogg", "mp4"]);
  const kind = kinds.find((kind) => canPlay(TYPES[kind]) !== "");
  return kind ? file[kind] : "";
}

/** @param {SoundFile|null|undefined} file */
export const speaks = (file) => (file?.spoken ?? 0) > 0;

export class Sound {
  /** Why it does not play: it may not before a tap, or it cannot be had or not be played. @type {""|"refused"|"gone"} */
  trouble = "";
  #audio;
  /** Whether it is to play. What the element does without that was done to it from outside. */
  #wanted = false;
  /** False once it kept the practice waiting, until it moves again. */
  #reliable = true;
  #seen = 0;
  #movedMs = 0;

  /**
   * @param {HTMLAudioElement} audio
   * @param {{rate?: number, onNews: () => void, onPause: () => void, onPlay: () => void}} means
   *   `onNews`: it is worth a look; `onPause`, `onPlay`: a headphone's button, a call, another app stopped or started it
   */
  constructor(audio, { rate = 1, onNews, onPause, onPlay }) {
    this.#audio = audio;
    audio.preload = "auto";
    audio.defaultPlaybackRate = rate;
    for (const news of ["timeupdate", "playing", "ended"]) audio.addEventListener(news, onNews);
    audio.addEventListener("error", () => {
      this.#fail("gone");
      onNews();
    });
    audio.addEventListener("pause", () => {
      if (!this.#wanted || !audio.paused || audio.ended) return;
      this.#wanted = false;
      onPause();
    });
    audio.addEventListener("play", () => !this.#wanted && !audio.paused && onPlay());
  }

  /** @param {string} address */
  load(address) {
    if (this.#audio.getAttribute("src") === address) return;
    this.trouble = "";
    this.#reliable = true;
    this.#audio.src = address;
  }

  /** @param {boolean} muted */
  set muted(muted) {
    this.#audio.muted = muted;
  }

  get position() {
    return this.#audio.ended ? Infinity : this.#audio.currentTime;
  }

  /** From where to where it was played, whatever was skipped. @returns {[number, number][]} */
  get played() {
    const { played, ended } = this.#audio;
    return Array.from({ length: played.length }, (_, index) =>
      [played.start(index), ended && index === played.length - 1 ? Infinity : played.end(index)]);
  }

  /** Whether it can be trusted to move at once. */
  get reliable() {
    return this.#reliable;
  }

  /** @param {number} position @param {number} nowMs */
  playFrom(position, nowMs) {
    const audio = this.#audio;
    if (this.trouble === "gone") audio.load();
    this.trouble = "";
    this.#wanted = true;
    if (Math.abs(audio.currentTime - position) > NEAR_SECONDS) audio.currentTime = position;
    this.#seen = audio.currentTime;
    this.#movedMs = nowMs;
    audio.play().catch(({ name }) => {
      // Anything else is a rest that came before it had begun.
      if (name === "NotAllowedError") this.#fail("refused");
      if (name === "NotSupportedError") this.#fail("gone");
    });
  }

  rest() {
    this.#wanted = false;
    this.#audio.pause();
  }

  /** @param {number} nowMs @returns {"moved"|"waits"|"still"} since the last look */
  look(nowMs) {
    const { position } = this;
    if (position > this.#seen) {
      this.#seen = position;
      this.#movedMs = nowMs;
      this.#reliable = true;
      return "moved";
    }
    if (this.trouble === "" && nowMs - this.#movedMs < STILL_MS) return "waits";
    this.#reliable = false;
    return "still";
  }

  /** @param {"refused"|"gone"} trouble */
  #fail(trouble) {
    this.trouble = trouble;
    this.#wanted = false;
    this.#reliable = false;
  }
}
