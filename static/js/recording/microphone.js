// The microphone: it is asked for when somebody first records, and given back when she has not for a minute.
import { kindOf } from "./words.js";

const IDLE_MS = 60_000;
/** The last word may still be on its way when the key comes down. */
const LINGER_MS = 200;
const BITS = 96_000;
/** No echo to take away, and the server levels: what browsers do for telephone calls makes a voice thin. */
const WISHES = { audio: { channelCount: 1, echoCancellation: false, noiseSuppression: true, autoGainControl: false } };

export class Microphone {
  /** @type {MediaStream|null} */ #stream = null;
  /** @type {MediaRecorder|null} */ #recorder = null;
  /** @type {AudioContext|null} */ #context = null;
  /** @type {AnalyserNode|null} */ #analyser = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #idle;
  #samples = new Float32Array(1024);

  get isRecording() {
    return this.#recorder?.state === "recording";
  }

  /**
   * Records until [`stop`] or so many seconds.
   * @param {number} mostSeconds
   * @returns {Promise<{ended: Promise<Blob>}>} when it began, and what comes when it ended
   */
  async record(mostSeconds) {
    clearTimeout(this.#idle);
    const stream = await this.#open();
    const kind = kindOf((kind) => MediaRecorder.isTypeSupported(kind));
    const recorder = new MediaRecorder(stream, { ...(kind && { mimeType: kind }), audioBitsPerSecond: BITS });
    this.#recorder = recorder;
    /** @type {Blob[]} */
    const parts = [];
    recorder.addEventListener("dataavailable", (event) => void parts.push(event.data));
    const ended = new Promise((/** @type {(blob: Blob) => void} */ done, fail) => {
      recorder.addEventListener("stop", () => done(new Blob(parts, { type: recorder.mimeType })));
      recorder.addEventListener("error", fail);
    });
    const began = new Promise((done) => recorder.addEventListener("start", done, { once: true }));
    recorder.start();
    await began;
    const late = setTimeout(() => this.#end(recorder), mostSeconds * 1000);
    void ended.finally(() => clearTimeout(late)).catch(() => {});
    return { ended };
  }

  stop() {
    const recorder = this.#recorder;
    if (recorder) setTimeout(() => this.#end(recorder), LINGER_MS);
  }

  /** How loud it is now, 0 to 1 over the sixty decibels that matter. */
  level() {
    if (!this.#analyser) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const peak = this.#samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    return Math.min(1, Math.max(0, 1 + Math.log10(Math.max(peak, 1e-6)) / 3));
  }

  /** Lets go of it, so that the browser's mark for recording goes out. */
  close() {
    clearTimeout(this.#idle);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    void this.#context?.close();
    this.#stream = this.#context = this.#analyser = null;
  }

  /** @param {MediaRecorder} recorder */
  #end(recorder) {
    if (recorder.state !== "inactive") recorder.stop();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), IDLE_MS);
  }

  async #open() {
    if (this.#stream?.active) return this.#stream;
    this.close();
    if (!navigator.mediaDevices || typeof MediaRecorder === "undefined") throw new DOMException("", "insecure");
    this.#stream = await navigator.mediaDevices.getUserMedia(WISHES);
    this.#context = new AudioContext();
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = 2048;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#context.createMediaStreamSource(this.#stream).connect(this.#analyser);
    return this.#stream;
  }
}
