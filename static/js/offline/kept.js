// What this phone keeps, as its caches hold it. For pages and for the service worker; no DOM.
//
// One cache of pages for each state of the list the server gives, complete or thrown away; one of scripts and styles for each release,
// because an old page goes with its own; one of sound.

/**
 * @typedef {{person: string, version: string, release: string, releaseBefore?: string, frame: string, until: string, at: number,
 *   pages: Record<string, string>, bytes: number, sounds: number, soundsWanted: number, soundBytes: number}} Kept
 *   `pages`: each address with its revision; `at`: when it was last found to be up to date, Unix milliseconds; `releaseBefore`: a page of
 *   it may still be open
 */

const ALL = "kith-";
const PAGES = "kith-pages-";
const FILES = "kith-files-";
export const SOUND = "kith-sound";
/** Begins the name of an empty cache: a word for a person (word.js). */
export const WORD = "kith-word-";
/** Under this name a cache of pages says what it holds, once it is complete. */
const ABOUT = "/offline/kept";

/** @param {string} version */
export const pagesName = (version) => PAGES + version;
/** @param {string} release */
export const filesName = (release) => FILES + release;

/** The newest complete pages. @param {CacheStorage} caches @returns {Promise<{cache: Cache, kept: Kept}|null>} */
export async function findKept(caches) {
  let found = null;
  for (const name of await caches.keys()) {
    if (!name.startsWith(PAGES)) continue;
    const cache = await caches.open(name);
    const about = await cache.match(ABOUT);
    if (!about) continue;
    const kept = /** @type {Kept} */ (await about.json());
    if (!found || kept.at > found.kept.at) found = { cache, kept };
  }
  return found;
}

/** From here on these pages are complete. @param {Cache} cache @param {Kept} kept */
export const writeKept = (cache, kept) =>
  cache.put(ABOUT, new Response(JSON.stringify(kept), { headers: { "Content-Type": "application/json" } }));

/** Removes what is kept. A word that was left for her is not: it calls for help. @param {CacheStorage} caches */
export const clear = (caches) => removeAll(caches, (name) => !name.startsWith(WORD));

/** Nothing of anybody is left. @param {CacheStorage} caches */
export const forgetAll = (caches) => removeAll(caches, () => true);

/**
 * Once new pages are complete the old ones go. Scripts stay for one release more, because a page of it may still be open.
 * @param {CacheStorage} caches @param {Kept} kept
 */
export function clearOlder(caches, kept) {
  const stay = [pagesName(kept.version), filesName(kept.release), filesName(kept.releaseBefore ?? kept.release)];
  return removeAll(caches, (name) => (name.startsWith(PAGES) || name.startsWith(FILES)) && !stay.includes(name));
}

/** @param {CacheStorage} caches @param {(name: string) => boolean} goes */
async function removeAll(caches, goes) {
  for (const name of await caches.keys()) if (name.startsWith(ALL) && goes(name)) await caches.delete(name);
}
