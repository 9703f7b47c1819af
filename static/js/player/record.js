// The record of one sitting as it is sent, and nothing more: no names, no words the person filled in.

/**
 * @typedef {{id: string, practice: string, revision: string, started_at: string, minutes: number, seconds_heard: number,
 *   finished: boolean, fit: number|null, effect: number|null, barrier: string|null}} SittingRecord
 * @typedef {{fit: number|null, effect: number|null, barrier: string|null}} Taps
 */

/** @type {Readonly<Taps>} */
export const UNRATED = Object.freeze({ fit: null, effect: null, barrier: null });

/**
 * @param {{id: string, pack: {practice: string, revision: string, minutes: number}, startedAt: Date,
 *   heardSeconds: number, finished: boolean, taps?: Readonly<Taps>}} what
 * @returns {SittingRecord}
 */
export function makeRecord({ id, pack, startedAt, heardSeconds, finished, taps = UNRATED }) {
  return {
    id,
    practice: pack.practice,
    revision: pack.revision,
    started_at: localRfc3339(startedAt),
    minutes: pack.minutes,
    // Down, never up: seconds_heard stays within the length. The sliver mends sums like 599.9999999.
    seconds_heard: Math.max(0, Math.floor(heardSeconds + 1e-6)),
    finished,
    fit: taps.fit,
    effect: taps.effect,
    barrier: taps.barrier,
  };
}

/**
 * RFC 3339 with the offset of the place the person is in: "this morning" is hers, not the server's.
 * @param {Date} date
 * @param {number} [offsetMinutes] east of Greenwich
 */
export function localRfc3339(date, offsetMinutes = -date.getTimezoneOffset()) {
  const there = new Date(date.getTime() + offsetMinutes * 60_000).toISOString().slice(0, 23);
  const two = (/** @type {number} */ n) => String(Math.floor(n)).padStart(2, "0");
  const size = Math.abs(offsetMinutes);
  return `${there}${offsetMinutes < 0 ? "-" : "+"}${two(size / 60)}:${two(size % 60)}`;
}
