// What is typed and not kept yet, on this device: after a crash or without a network it is still here. No DOM.

/** @typedef {[string, string][]} Fields @typedef {{base: string, at: number, fields: Fields}} Held */

/** What a page carries besides what somebody wrote. */
const ASIDE = new Set(["base", "person", "at", "note"]);

/** What sign-out forgets begins so. */
export const PREFIX = "writing:";

/**
 * What was written, so that two ways to write the same are the same: the server trims, and ends lines in one way.
 * @param {Fields} fields
 */
function gist(fields) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const [name, value] of fields) {
    const plain = value.replace(/[\s,]+/gu, " ").trim();
    if (ASIDE.has(name) || plain === "") continue;
    found.set(name, [...(found.get(name) ?? []), plain]);
  }
  return JSON.stringify([...found].map(([name, values]) => [name, values.sort()]).sort());
}

/** @param {Fields} one @param {Fields} other */
export const same = (one, other) => gist(one) === gist(other);

export class Typed {
  #storage;
  #name;

  /** @param {Pick<Storage, "getItem"|"setItem"|"removeItem">} storage @param {string} person @param {string} slug */
  constructor(storage, person, slug) {
    this.#storage = storage;
    this.#name = `kith:${PREFIX}${person}:${slug}`;
  }

  /** @returns {Held|null} */
  read() {
    try {
      const held = JSON.parse(this.#storage.getItem(this.#name) ?? "null");
      const isWhole = held && typeof held.base === "string" && typeof held.at === "number" && Array.isArray(held.fields)
        && held.fields.every((/** @type {unknown} */ field) => Array.isArray(field) && field.length === 2 && field.every((part) => typeof part === "string"));
      return isWhole ? held : null;
    } catch {
      return null;
    }
  }

  /** @param {string} base the version it follows @param {Fields} fields @param {number} at @returns {boolean} false where this device keeps nothing */
  hold(base, fields, at) {
    try {
      this.#storage.setItem(this.#name, JSON.stringify({ base, at, fields }));
      return true;
    } catch {
      return false;
    }
  }

  forget() {
    try {
      this.#storage.removeItem(this.#name);
    } catch {
      // There was nothing to forget.
    }
  }

  /**
   * What a page that opens should do with what is held: nothing, bring it back, or ask, because another version came since.
   * @param {{base: string, fields: Fields, isUnkept: boolean, now: number}} page `isUnkept`: it shows what was typed last
   * @returns {"nothing"|"bring-back"|"ask"}
   */
  meet({ base, fields, isUnkept, now }) {
    if (isUnkept) {
      this.hold(base, fields, now);
      return "nothing";
    }
    const held = this.read();
    if (!held) return "nothing";
    if (same(held.fields, fields)) {
      this.forget();
      return "nothing";
    }
    return held.base === base ? "bring-back" : "ask";
  }
}
