// The words of the teleprompter that are put together from numbers.

/** @param {number} seconds whole minutes and seconds, 90 as 1:30 */
export const clock = (seconds) => {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

/** When the end comes, beside when it was asked for. @param {number} ends @param {number} asked */
export function endWords(ends, asked) {
  const off = Math.round(ends - asked);
  if (Math.abs(off) < 5) return `ends at ${clock(asked)}`;
  return `ends at ${clock(ends)}, ${clock(Math.abs(off))} ${off > 0 ? "later" : "sooner"} than asked`;
}

/** What is said of a cue: its words, or that a bell is to be rung. @param {{kind: string, text: string}|undefined} cue */
export const wordsOf = (cue) => (cue ? (cue.kind === "bell" ? "Ring the bell" : cue.text) : "");
