// What a locked screen, a watch or a car shows while a practice plays, and their buttons. Whoever stands near sees it, so
// it does not say what is practised.
import { minutesWords } from "./words.js";

/** @typedef {import("./keys.js").Action} Action @typedef {import("./sitting.js").Sitting} Sitting */

/** "stop" comes from a notification swept away, perhaps by chance: that is no wish to end. @type {[MediaSessionAction, Action][]} */
const BUTTONS = [["play", "resume"], ["pause", "pause"], ["stop", "pause"], ["previoustrack", "back"], ["nexttrack", "skip"]];

export class LockScreen {
  #session = globalThis.navigator?.mediaSession;
  #rate;
  #shown = "";

  /** @param {{minutes: number, rate: number, act: (action: Action) => void, goTo: (position: number) => void}} means */
  constructor({ minutes, rate, act, goTo }) {
    this.#rate = rate;
    if (!this.#session) return;
    const icons = /** @type {NodeListOf<HTMLLinkElement>} */ (document.querySelectorAll("link[rel=icon], link[rel=apple-touch-icon]"));
    const artwork = Array.from(icons, ({ href, type, sizes }) => ({ src: href, type, sizes: sizes.value }));
    this.#session.metadata = new MediaMetadata({ title: `A practice, ${minutesWords(minutes)}`, artist: "Kith", artwork });
    for (const [button, action] of BUTTONS) this.#handle(button, () => act(action));
    this.#handle("seekto", ({ seekTime }) => typeof seekTime === "number" && goTo(seekTime));
  }

  /** @param {Sitting} sitting @param {boolean} [moved] it went somewhere else */
  show(sitting, moved = false) {
    const now = `${sitting.running} ${sitting.easing} ${sitting.sound !== null}`;
    if (!this.#session || (now === this.#shown && !moved)) return;
    this.#shown = now;
    this.#session.playbackState = sitting.running === "playing" ? "playing" : "paused";
    const duration = sitting.timeline.seconds;
    try {
      this.#session.setPositionState?.({ duration, position: Math.min(duration, sitting.position), playbackRate: this.#rate });
    } catch {
      // It shows no line then.
    }
  }

  end() {
    if (!this.#session) return;
    for (const [button] of BUTTONS) this.#handle(button, null);
    this.#handle("seekto", null);
    this.#session.metadata = null;
    this.#session.playbackState = "none";
  }

  /** @param {MediaSessionAction} button @param {MediaSessionActionHandler|null} handler */
  #handle(button, handler) {
    try {
      this.#session?.setActionHandler(button, handler);
    } catch {
      // This browser has no such button.
    }
  }
}
