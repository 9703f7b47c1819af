// The browser's own speech, when it has a voice of its own. Without one the captions are enough.

/** A usual speaking pace at rate 1, in words a minute. */
const USUAL_WORDS_PER_MINUTE = 165;

/**
 * A voice on the device itself for the page's language; never a remote one, for what is practised is nobody else's to hear.
 * @param {SpeechSynthesisVoice[]} voices @param {string} language
 */
export function chooseVoice(voices, language) {
  const plain = (/** @type {string} */ tag) => tag.toLowerCase().replaceAll("_", "-");
  const wanted = plain(language);
  const [base] = wanted.split("-");
  const near = voices.filter((voice) => voice.localService && plain(voice.lang).split("-")[0] === base);
  return near.find((voice) => plain(voice.lang) === wanted) ?? near.find((voice) => voice.default) ?? near[0] ?? null;
}

/**
 * The rate at which speech takes about as long as the composition left for it.
 * @param {import("./timeline.js").Cue[]} cues @param {number} [pace] words a minute, where the pack says
 */
export function rateFor(cues, pace) {
  const spoken = cues.filter((cue) => cue.kind === "speech" && cue.text && cue.seconds > 0);
  const words = spoken.reduce((sum, cue) => sum + String(cue.text).trim().split(/\s+/).length, 0);
  const seconds = spoken.reduce((sum, cue) => sum + cue.seconds, 0);
  const wordsPerMinute = pace ?? (seconds > 0 ? (words * 60) / seconds : 120);
  return Math.min(1.15, Math.max(0.6, wordsPerMinute / USUAL_WORDS_PER_MINUTE));
}

export class Speech {
  #synthesis = globalThis.speechSynthesis;
  #language;
  #rate;
  /** @type {SpeechSynthesisVoice|null} */
  #voice = null;
  /** True when the browser would not speak before a tap. */
  blocked = false;

  /** @param {{language: string, rate: number, onVoices: () => void}} what `onVoices` is called when a voice arrives late or leaves */
  constructor({ language, rate, onVoices }) {
    this.#language = language;
    this.#rate = rate;
    this.#choose();
    this.#synthesis?.addEventListener?.("voiceschanged", () => {
      this.#choose();
      onVoices();
    });
  }

  get available() {
    return this.#voice !== null;
  }

  /** @param {string} text */
  speak(text) {
    if (!this.#voice || !text) return;
    try {
      // One sentence may still be ending: let it. More than that waiting means speech has fallen behind.
      if (this.#synthesis.pending) this.#synthesis.cancel();
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.voice = this.#voice;
      utterance.lang = this.#voice.lang;
      utterance.rate = this.#rate;
      utterance.addEventListener("start", () => (this.blocked = false));
      utterance.addEventListener("error", ({ error }) => (this.blocked ||= error === "not-allowed"));
      this.#synthesis.speak(utterance);
    } catch {
      // The words are on the screen.
    }
  }

  cancel() {
    try {
      this.#synthesis?.cancel();
    } catch {
      // Nothing was being said.
    }
  }

  #choose() {
    try {
      this.#voice = chooseVoice(this.#synthesis?.getVoices() ?? [], this.#language);
    } catch {
      this.#voice = null;
    }
  }
}
