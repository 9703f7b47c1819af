// Shares time among silences as the composer does (crates/content/src/share.rs): in proportion to their weights, each
// within its bounds, exact to the millisecond. Pure, and checked against the composer's own results.

/** @typedef {{least: number, usual: number, most: number, weight: number}} Silence whole milliseconds; weight in thousandths */

/**
 * The lengths of the silences so that they last `total` milliseconds together; where their bounds do not allow that, the
 * nearest they do.
 * @param {Silence[]} silences @param {number} total @returns {number[]}
 */
export function lengths(silences, total) {
  const usual = sum(silences.map((silence) => silence.usual));
  if (total >= usual) {
    const parts = share(silences.map((s) => ({ room: s.most - s.usual, weight: s.weight })), total - usual);
    return silences.map((silence, index) => silence.usual + parts[index]);
  }
  const parts = share(silences.map((s) => ({ room: s.usual - s.least, weight: s.weight })), usual - total);
  return silences.map((silence, index) => silence.usual - parts[index]);
}

/**
 * How long the silence after each remaining cue is to last, so that what is left of the time is used up.
 * @param {{seconds: number, silences: Silence[]}[]} cues what is still to come, the one now being read first
 * @param {number} left seconds until the end
 * @returns {number[]} seconds, one for each cue
 */
export function rebalance(cues, left) {
  const spoken = sum(cues.map((cue) => cue.seconds));
  const all = cues.flatMap((cue) => cue.silences);
  const shared = lengths(all, Math.max(0, Math.round((left - spoken) * 1000)));
  let next = 0;
  return cues.map((cue) => sum(cue.silences.map(() => shared[next++])) / 1000);
}

/** @param {{room: number, weight: number}[]} rooms @param {number} amount @returns {number[]} */
function share(rooms, amount) {
  const order = rooms.map((room, index) => ({ ...room, index })).sort((a, b) => a.room * b.weight - b.room * a.weight);
  const parts = rooms.map(({ room }) => room);
  let left = amount;
  let weightLeft = sum(rooms.map(({ weight }) => weight));
  let full = 0;
  // Rooms fill up in the order of room by weight: whichever is full takes no more.
  for (const { room, weight } of order) {
    if (room * weightLeft > left * weight) break;
    left -= room;
    weightLeft -= weight;
    full += 1;
  }
  let before = 0;
  let given = 0;
  for (const { index, weight } of order.slice(full).sort((a, b) => a.index - b.index)) {
    before += weight;
    const untilHere = Math.floor((left * before) / weightLeft);
    parts[index] = untilHere - given;
    given = untilHere;
  }
  return parts;
}

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
