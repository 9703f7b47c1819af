// Brings what this phone keeps up to date, whole or not at all. Runs in the service worker; no DOM: caches and fetch are handed in.
import { SOUND, clear, clearOlder, filesName, findKept, pagesName, writeKept } from "./kept.js";

/** @typedef {import("./kept.js").Kept} Kept */
/**
 * @typedef {{version: string, release: string, frame: string, person: string, until: string, pages: {url: string, revision: string}[],
 *   files: string[], sound_most: number}} Pack  what the server says this phone should keep
 * @typedef {"kept"|"later"|"signed-out"} State  all is here; something failed, and what was here stays; nobody is signed in, or another
 * @typedef {"ogg"|"mp4"} Format
 */

/** So many requests at a time: the page that is open has a network too. */
const AT_ONCE = 3;

/** It was cleared meanwhile, or the server went on to another release: what was begun is thrown away. */
class Overtaken extends Error {}

export class Holding {
  /** Grows when all is cleared, so that what is being fetched is written nowhere any more. */
  #turn = 0;
  #fetching = new AbortController();
  /** @type {Promise<unknown>} */ #before = Promise.resolve();

  /** @param {{caches: CacheStorage, fetch: typeof globalThis.fetch, now?: () => number}} means */
  constructor({ caches, fetch, now = Date.now }) {
    this.caches = caches;
    this.fetch = fetch;
    this.now = now;
  }

  /** Everything goes. */
  async clear() {
    this.#turn += 1;
    this.#fetching.abort();
    this.#fetching = new AbortController();
    await clear(this.caches);
    // What was being written as this was said.
    await this.#before.catch(() => {});
    await clear(this.caches);
  }

  /** One after another. @param {string} person whose page asks @param {Format} format of sound @returns {Promise<State>} */
  bring(person, format) {
    const turn = this.#before.catch(() => {}).then(() => this.#bring(person, format));
    this.#before = turn;
    return turn;
  }

  /** @param {string} person @param {Format} format @returns {Promise<State>} */
  async #bring(person, format) {
    const turn = this.#turn;
    const check = () => {
      if (turn !== this.#turn) throw new Overtaken("cleared");
    };
    try {
      const before = await findKept(this.caches);
      if (before && before.kept.person !== person) await clear(this.caches);
      const answer = await this.#fetch("/offline/pack", { headers: { Accept: "application/json" }, cache: "no-store" });
      check();
      if (answer.status === 401) {
        await clear(this.caches);
        return "signed-out";
      }
      if (!answer.ok) return "later";
      const pack = /** @type {Pack} */ (await answer.json());
      check();
      if (pack.person !== person) {
        await clear(this.caches);
        return "signed-out";
      }
      const { cache, kept } = await this.#pages(pack, before?.kept.person === person ? before : null, check);
      await this.#sounds(pack, cache, kept, format, check);
      return "kept";
    } catch (error) {
      if (error instanceof Overtaken && turn !== this.#turn) return "signed-out";
      return "later";
    }
  }

  /** @param {Pack} pack @param {{cache: Cache, kept: Kept}|null} before @param {() => void} check */
  async #pages(pack, before, check) {
    if (before?.kept.version === pack.version) {
      const kept = { ...before.kept, until: pack.until, at: this.now() };
      await writeKept(before.cache, kept);
      return { cache: before.cache, kept };
    }
    const files = await this.caches.open(filesName(pack.release));
    await each(pack.files, async (url) => {
      if (!(await files.match(url))) await put(files, url, await this.#get(url, check));
    });
    // The frame of a page, too, is of one release and one person's settings.
    const same = before?.kept.release === pack.release && before.kept.frame === pack.frame ? before : null;
    const releaseBefore = before?.kept.release === pack.release ? before.kept.releaseBefore : before?.kept.release;
    const name = pagesName(pack.version);
    await this.caches.delete(name);
    const cache = await this.caches.open(name);
    /** @type {Record<string, string>} */
    const pages = {};
    let bytes = 0;
    try {
      await each(pack.pages, async ({ url, revision }) => {
        const known = same?.kept.pages[url] === revision ? await same.cache.match(url) : undefined;
        const page = known ?? (await this.#page(url, pack, check));
        if (!page) return;
        bytes += (await page.clone().blob()).size;
        check();
        await put(cache, url, page);
        pages[url] = revision;
      });
      check();
      // In the order of need, whichever came first.
      const inOrder = Object.fromEntries(pack.pages.filter(({ url }) => url in pages).map(({ url }) => [url, pages[url]]));
      const { person, version, release, frame, until } = pack;
      const kept = { person, version, release, releaseBefore, frame, until, at: this.now(), pages: inOrder, bytes, sounds: 0, soundsWanted: 0, soundBytes: 0 };
      await writeKept(cache, kept);
      await clearOlder(this.caches, kept);
      return { cache, kept };
    } catch (error) {
      await this.caches.delete(name);
      throw error;
    }
  }

  /** @param {string} url @param {RequestInit} how */
  #fetch(url, how) {
    return this.fetch(url, { ...how, signal: this.#fetching.signal });
  }

  /** A page of this release and this person's; undefined when it is not there for her. @param {string} url @param {Pack} pack @param {() => void} check */
  async #page(url, pack, check) {
    const page = await this.#get(url, check, [403, 404, 422]);
    if (!page) return undefined;
    if (page.redirected || page.headers.get("Kith-Release") !== pack.release || page.headers.get("Kith-Person") !== pack.person) {
      throw new Overtaken(url);
    }
    return page;
  }

  /** @param {string} url @param {() => void} check @param {number[]} [absent] what says that it is not there @returns {Promise<any>} */
  async #get(url, check, absent = []) {
    const answer = await this.#fetch(url, { cache: "no-cache", headers: { Accept: "text/html,*/*" } });
    check();
    if (absent.includes(answer.status)) return undefined;
    if (!answer.ok) throw new Overtaken(url);
    return answer;
  }

  /** What is heard on the pages, in their order, as much as there is room for. @param {Pack} pack @param {Cache} cache @param {Kept} kept @param {Format} format @param {() => void} check */
  async #sounds(pack, cache, kept, format, check) {
    const wanted = new Map();
    for (const url of Object.keys(kept.pages)) for (const sound of await soundsOf(cache, url, format)) wanted.set(sound.url, sound.bytes);
    const sounds = await this.caches.open(SOUND);
    const stays = new Set();
    let count = 0;
    let bytes = 0;
    for (const [url, size] of wanted) {
      if (bytes + size > pack.sound_most) continue;
      // Its address changes with what is heard, so what is here is right.
      if (!(await sounds.match(url))) {
        const answer = await this.#fetch(url, { cache: "no-store" }).catch(() => null);
        check();
        if (answer?.status !== 200) continue;
        await put(sounds, url, answer);
      }
      stays.add(url);
      count += 1;
      bytes += size;
    }
    for (const request of await sounds.keys()) {
      const { pathname, search } = new URL(request.url);
      if (!stays.has(pathname + search)) await sounds.delete(request);
    }
    check();
    await writeKept(cache, { ...kept, at: this.now(), sounds: count, soundsWanted: wanted.size, soundBytes: bytes });
  }
}

/**
 * The sound a practice's page names, and that of its last minute. A page without any has none.
 * @param {Cache} cache @param {string} url @param {Format} format @returns {Promise<{url: string, bytes: number}[]>}
 */
async function soundsOf(cache, url, format) {
  if (!url.startsWith("/practise/")) return [];
  const text = (await (await cache.match(url))?.text()) ?? "";
  const json = /<script id="pack" type="application\/json">(.*?)<\/script>/s.exec(text)?.[1];
  if (!json) return [];
  const pack = JSON.parse(json);
  return [pack.sound, pack.ease_out_sound]
    .filter((sound) => typeof sound?.[format] === "string")
    .map((sound) => ({ url: sound[format], bytes: Number(sound.bytes) || 0 }));
}

/** @param {Cache} cache @param {string} url @param {Response} response */
const put = (cache, url, response) => cache.put(url, response.clone());

/** A few at a time, in order. @template T @param {T[]} all @param {(one: T) => Promise<void>} act */
async function each(all, act) {
  const left = [...all];
  const work = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await act(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
