// Which kept page answers an address. Pure.

/** What the first page is while there is no network. */
const FORTNIGHT = "/today/fortnight";
/** What stands in the place of a page that is not kept. */
const NOT_KEPT = "/offline";
const PLAYED = "/practise/";
/** What says how a practice begins and ends, not which it is. */
const MANNER = ["begin", "rate"];

/**
 * @param {string} wanted path and query @param {string[]} kept addresses @returns {string|undefined}
 *   the same page; the same practice in another manner or, failing that, at the nearest length; the same page with other wishes
 */
export function findPage(wanted, kept) {
  if (kept.includes(wanted)) return wanted;
  const url = new URL(wanted, "http://here");
  const path = url.pathname === "/" || url.pathname === "/today" ? FORTNIGHT : url.pathname;
  if (!path.startsWith(PLAYED)) return kept.includes(path) ? path : undefined;
  const same = kept.filter((one) => one.startsWith(`${path}?`)).map((one) => ({ one, ...read(one) }));
  const { forms, minutes, manner } = read(wanted);
  const far = (/** @type {{minutes: number}} */ other) => (Number.isNaN(minutes) ? 0 : Math.abs(other.minutes - minutes));
  // Which words are said comes before how long, and that before how it begins.
  same.sort((a, b) => Number(a.forms !== forms) - Number(b.forms !== forms) || far(a) - far(b) || Number(a.manner !== manner) - Number(b.manner !== manner));
  return same[0]?.one;
}

/** @param {string} address */
function read(address) {
  const { searchParams } = new URL(address, "http://here");
  const pick = (/** @type {(name: string) => boolean} */ is) => [...searchParams].filter(([name]) => is(name)).map((pair) => pair.join("=")).sort().join("&");
  return {
    minutes: Number.parseFloat(searchParams.get("minutes") ?? ""),
    forms: pick((name) => name !== "minutes" && !MANNER.includes(name)),
    manner: pick((name) => MANNER.includes(name)),
  };
}

/** @param {string[]} kept */
export const insteadOf = (kept) => (kept.includes(NOT_KEPT) ? NOT_KEPT : undefined);
