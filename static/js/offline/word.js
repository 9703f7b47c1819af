// A word left for the next page: answers arrived while no page was open, and they call for help. No DOM.
import { WORD } from "./kept.js";

/** @param {CacheStorage} caches @param {string} person */
export const leaveWord = async (caches, person) => void (await caches.open(WORD + person));

/** True once. @param {CacheStorage} caches @param {string} person @returns {Promise<boolean>} */
export const takeWord = (caches, person) => caches.delete(WORD + person);
