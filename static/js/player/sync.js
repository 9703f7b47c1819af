// Sends what is ready to POST /sittings and POST /responses and drops only what the server says it holds. No DOM.
import { kindOf } from "./outbox.js";

/**
 * @typedef {import("./outbox.js").Outbox} Outbox
 * @typedef {import("./outbox.js").Entry} Entry
 * @typedef {"sign-in"|"later"|null} Reason  why something waits still: sign in again; no network or a busy server; nothing waits
 * @typedef {{kept: string[], refused: {id: string, why: string}[], waiting: number, reason: Reason, retryAfterMs?: number, help?: string[]}} Outcome
 *   `help`: ids of answers that call for help, as the server knows them
 * @typedef {{outbox: Outbox, fetch: typeof globalThis.fetch, person: string}} Means
 */

/** Where each kind goes. Answers first: one of them may be about risk. @type {[import("./outbox.js").Kind, string][]} */
const PLACES = [["response", "/responses"], ["sitting", "/sittings"]];

const BATCH = 50;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * 60_000;
const REQUEST_LIMIT_MS = 30_000;

/** One turn at a time for each outbox, so that two calls at once do not send the same record twice. @type {WeakMap<Outbox, Promise<unknown>>} */
const turns = new WeakMap();

/** @param {Means} means @returns {Promise<Outcome>} */
export function sync(means) {
  const before = turns.get(means.outbox) ?? Promise.resolve();
  const turn = before.catch(() => {}).then(() => sendAll(means));
  turns.set(means.outbox, turn);
  return turn;
}

/**
 * How long to wait before the next try: doubling from two seconds to five minutes, then spread out so that a server
 * coming back is not met by every phone at once.
 * @param {number} failures so far, at least 1
 * @param {number} jitter 0 to 1
 */
export function waitMs(failures, jitter) {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20));
  return Math.max(FIRST_WAIT_MS, Math.round(full * (0.5 + jitter / 2)));
}

/** @param {Means} means @returns {Promise<Outcome>} */
async function sendAll({ outbox, fetch, person }) {
  /** @type {Outcome} */
  const outcome = { kept: [], refused: [], waiting: 0, reason: null };
  for (const [kind, url] of PLACES) {
    const ready = (await outbox.list(person, "ready")).filter((entry) => kindOf(entry) === kind);
    await sendKind({ outbox, fetch, person, url, ready, outcome });
    // Whoever is signed out is so for both. What is amiss with one place need not be with the other.
    if (outcome.reason === "sign-in") break;
  }
  outcome.waiting = (await outbox.list(person, "ready")).length;
  if (outcome.waiting > 0) outcome.reason ??= "later";
  return outcome;
}

/** @param {Means & {url: string, ready: Entry[], outcome: Outcome}} what */
async function sendKind({ outbox, fetch, person, url, ready, outcome }) {
  /** @type {Entry[][]} */
  const batches = [];
  for (let i = 0; i < ready.length; i += BATCH) batches.push(ready.slice(i, i + BATCH));

  while (batches.length > 0) {
    const batch = /** @type {Entry[]} */ (batches.shift());
    const answer = await send(fetch, url, person, batch);
    if (answer.kind === "stop") {
      outcome.reason = answer.reason;
      outcome.retryAfterMs = answer.retryAfterMs;
      return;
    }
    if (answer.kind === "unreadable" && batch.length > 1) {
      const half = Math.ceil(batch.length / 2);
      batches.unshift(batch.slice(0, half), batch.slice(half));
      continue;
    }
    const ids = new Set(batch.map((entry) => entry.id));
    const kept = answer.kind === "answered" ? answer.kept.filter((id) => ids.has(id)) : [];
    const help = answer.kind === "answered" ? answer.help.filter((id) => ids.has(id)) : [];
    const refused = answer.kind === "answered"
      ? answer.refused.filter(({ id }) => ids.has(id) && !kept.includes(id))
      : [{ id: batch[0].id, why: answer.why }];
    await outbox.remove(kept);
    for (const { id, why } of refused) await outbox.refuse(id, why);
    outcome.kept.push(...kept);
    outcome.refused.push(...refused);
    if (help.length > 0) outcome.help = [...(outcome.help ?? []), ...help];
  }
}

/**
 * @typedef {{kind: "answered", kept: string[], help: string[], refused: {id: string, why: string}[]}
 *   | {kind: "unreadable", why: string}
 *   | {kind: "stop", reason: "sign-in"|"later", retryAfterMs?: number}} Answer
 */

/** @param {typeof globalThis.fetch} fetch @param {string} url @param {string} person @param {Entry[]} batch @returns {Promise<Answer>} */
async function send(fetch, url, person, batch) {
  let response;
  let body;
  try {
    response = await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      // Whose records these are: another may have signed in on this phone since the page was opened.
      headers: { "Content-Type": "application/json", Accept: "application/json", "Kith-Person": person },
      body: JSON.stringify(batch.map((entry) => entry.record)),
      signal: AbortSignal.timeout?.(REQUEST_LIMIT_MS),
    });
    body = await response.json().catch(() => null);
  } catch {
    return { kind: "stop", reason: "later" };
  }
  const { status } = response;
  if (status === 401 || status === 403) return { kind: "stop", reason: "sign-in" };
  if ((status === 200 || status === 422) && isAnswer(body)) {
    const refused = body.refused.map(({ id, why }) => ({ id: String(id), why: String(why ?? UNEXPLAINED) }));
    // A sitting is answered with its id alone, a response with what it came to besides.
    const help = body.kept.filter((/** @type {any} */ one) => one?.help === true).map(idOf);
    return { kind: "answered", kept: body.kept.map(idOf), help, refused };
  }
  if (status === 400 || status === 413 || status === 422) {
    return { kind: "unreadable", why: String(body?.error?.message ?? UNEXPLAINED) };
  }
  // 429, 5xx, and whatever a hotel's network says in the server's place: nothing is lost by trying again.
  const after = Number(response.headers?.get?.("Retry-After"));
  return { kind: "stop", reason: "later", retryAfterMs: after > 0 ? after * 1000 : undefined };
}

/** @param {any} one */
const idOf = (one) => String(one?.id ?? one);

const UNEXPLAINED = "The server could not read it.";

/** @param {any} body @returns {body is {kept: unknown[], refused: {id: unknown, why: unknown}[]}} */
const isAnswer = (body) => Array.isArray(body?.kept) && Array.isArray(body?.refused);
