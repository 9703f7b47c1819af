// A bell, made of a few fading tones. Where sound is not allowed it is silent, and nothing else changes.

/** Ratio to the lowest tone, loudness, seconds until it has faded: roughly a small singing bowl. */
const PARTIALS = [
  [1, 0.55, 5.5],
  [1.004, 0.25, 5],
  [2.71, 0.22, 3.2],
  [5.15, 0.08, 1.6],
];
const LOWEST_HERTZ = 264;
const ATTACK_SECONDS = 0.03;
const LATE_MS = 1_000;

export class Bell {
  /** @type {AudioContext|null} */
  #context = null;

  /** @param {{gain?: number}} [what] loudness, 0 to 1 */
  constructor({ gain = 0.35 } = {}) {
    this.gain = gain;
  }

  /** To be called from a tap: most browsers allow sound only after one. */
  wake() {
    try {
      this.#context ??= new AudioContext();
      this.#context.resume().catch(() => {});
    } catch {
      this.#context = null;
    }
  }

  ring() {
    const context = this.#context;
    if (!context || this.gain <= 0) return;
    const asked = performance.now();
    // Where sound is allowed only later, after a tap, a bell of long ago stays silent.
    context.resume().then(() => performance.now() - asked < LATE_MS && this.#sound(context)).catch(() => {});
  }

  /** @param {AudioContext} context */
  #sound(context) {
    try {
      const start = context.currentTime + 0.02;
      for (const [ratio, loudness, seconds] of PARTIALS) {
        const tone = new OscillatorNode(context, { frequency: LOWEST_HERTZ * ratio });
        const fade = new GainNode(context, { gain: 0 });
        fade.gain.setValueAtTime(0, start);
        fade.gain.linearRampToValueAtTime(loudness * this.gain, start + ATTACK_SECONDS);
        fade.gain.exponentialRampToValueAtTime(0.0001, start + seconds);
        tone.connect(fade).connect(context.destination);
        tone.start(start);
        tone.stop(start + seconds + 0.1);
      }
    } catch {
      // The sitting goes on without it.
    }
  }
}
