// What a day shows after what was done on this phone since its page was fetched. Pure: the same rules as the server's (home/rules.rs).

/**
 * @typedef {{id: string, kind: string, card?: boolean, counts: string[], least: number, opens: string, closes: string, times: number, done: number,
 *   wasHard?: boolean, heavy?: boolean}} Item  something the day asks for; `card`: shown large when it is the first that is open
 * @typedef {{practice: string, on: string, effect: number|null, share: number}} Sat  @typedef {{measure: string, on: string}} Answered
 * @typedef {{hard: boolean, card: number, steadier: boolean, done: boolean[], practised: boolean}} View
 *   `card`: the place of the item to show large, -1 for none; `steadier`: something steadier stands before it
 */

/**
 * @param {{on: string, hard: boolean, items: Item[], steadier: string}} day @param {Sat[]} sittings oldest first @param {Answered[]} answers
 * @returns {View}
 */
export function look({ on, hard, items, steadier }, sittings, answers) {
  const today = sittings.filter((sitting) => sitting.on === on);
  const hardNow = hard || today.some(({ effect }) => effect === -2);
  const steadied = today.some(({ practice }) => practice === steadier);
  const last = (/** @type {string} */ id) => sittings.filter(({ practice }) => practice === id).at(-1);
  const wasHard = (/** @type {Item} */ item) => item.kind === "practice" && (last(item.id) ? last(item.id)?.effect === -2 : item.wasHard === true);
  const waits = (/** @type {Item} */ item) => wasHard(item) || item.heavy === true;
  const count = (/** @type {Item} */ item) =>
    item.kind === "measure"
      ? answers.filter(({ measure, on }) => measure === item.id && within(item, on)).length
      : sittings.filter(({ practice, on, share }) => item.counts.includes(practice) && within(item, on) && share >= item.least).length;
  const done = items.map((item) => item.done + count(item) >= item.times || (waits(item) && steadied));
  const card = hardNow ? -1 : items.findIndex((item, place) => item.card && !done[place]);
  return { hard: hardNow, card, steadier: card >= 0 && waits(items[card]), done, practised: today.length > 0 };
}

/** @param {Item} item @param {string} on */
const within = ({ opens, closes }, on) => opens <= on && on <= closes;

/** The civil day where this phone is: 2026-11-30. @param {Date} date */
export function civilDay(date) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/**
 * What waits on this phone, as the rules want it. A sitting's day is the one it was where the person was.
 * @param {import("../player/outbox.js").Entry[]} entries oldest first @returns {{sittings: Sat[], answers: Answered[]}}
 */
export function readEntries(entries) {
  const kept = entries.filter(({ state }) => state !== "draft").map(({ record }) => /** @type {any} */ (record));
  return {
    sittings: kept.filter((record) => record.practice).map((record) => ({
      practice: record.practice,
      on: record.started_at.slice(0, 10),
      effect: record.effect,
      share: record.finished ? 1 : record.seconds_heard / Math.max(1, record.minutes * 60),
    })),
    answers: kept.filter((record) => record.instrument).map((record) => ({ measure: record.instrument, on: record.answered_at.slice(0, 10) })),
  };
}
