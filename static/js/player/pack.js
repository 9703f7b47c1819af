// The pack: one practice composed for a number of minutes, as the server gives it with the page.

/**
 * @typedef {import("./timeline.js").Cue} Cue
 * @typedef {{practice: string, revision: string, title: string, summary?: string, minutes: number, range: [number, number],
 *   seconds: number, restarts: string, load?: number, cautions?: string[], pace?: number,
 *   variables?: Record<string, {ask: string, default: string}>, cues: Cue[], sound?: import("./sound.js").SoundFile|null,
 *   ease_out?: Cue[], ease_out_sound?: import("./sound.js").SoundFile|null,
 *   barriers: {code: string, words: string}[], person: string, home: string, help: string, something_else: string,
 *   language?: string, begin?: boolean, rate?: boolean, keep?: boolean}} Pack
 *   `begin`: play at once, with no screen before; `rate`: false where nothing is asked afterwards; `keep`: false where no
 *   record is made, because whoever listens is still writing it
 */

/** @returns {Pack} */
export function readPack() {
  return JSON.parse(document.getElementById("pack")?.textContent ?? "");
}

/** Asks for other lengths of the same practice; what was asked for once is at hand from then on. */
export class Lengths {
  /** @type {Map<number, Pack>} */
  #known = new Map();

  /** @param {Pack} pack */
  constructor(pack) {
    this.#known.set(pack.minutes, pack);
    this.pack = pack;
  }

  /** @param {number} minutes @returns {Promise<Pack|null>} null when it cannot be had now */
  async get(minutes) {
    const known = this.#known.get(minutes);
    if (known) return known;
    try {
      const url = new URL(this.pack.restarts, location.href);
      url.searchParams.set("minutes", String(minutes));
      const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!response.ok) return null;
      // The composition may come without what belongs to the page: that stays as it was.
      const pack = { ...this.pack, ...(await response.json()) };
      if (!Array.isArray(pack.cues) || pack.cues.length === 0) return null;
      this.#known.set(minutes, pack);
      return pack;
    } catch {
      return null;
    }
  }
}
