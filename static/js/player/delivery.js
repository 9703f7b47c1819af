// The outbox of the page: opens it, sends what is ready now and again later, and tells who wants to know.
import { Outbox } from "./outbox.js";
import { openStore } from "./store.js";
import { sync, waitMs } from "./sync.js";

/** @typedef {import("./sync.js").Outcome} Outcome */

const opening = openStore();
/** @type {Promise<Outbox>} */
export const outbox = opening.then(({ store }) => new Outbox(store));
/** False where what is kept goes when the page goes. */
export const lasting = opening.then((opened) => opened.lasting);

/** The signed-in person's opaque key; "" when nobody is. */
export const person = document.documentElement.dataset.person ?? "";

/** @type {Set<(outcome: Outcome) => void>} */
const listeners = new Set();
/** @type {Set<string>} sittings under way on this page */
const underWay = new Set();
/** @type {Map<string, (value: unknown) => void>} what lets each of their locks go */
const releases = new Map();
/** @type {Set<() => Promise<void>>} what must stop writing before a sign-out forgets everything */
const endings = new Set();
let failures = 0;
let started = false;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let again;

/** @param {(outcome: Outcome) => void} listener */
export const onDelivery = (listener) => void listeners.add(listener);

/** @param {() => Promise<void>} ending */
export const onEnd = (ending) => void endings.add(ending);

/** The person signs out: settles when nothing on this page writes any more. */
export async function end() {
  await Promise.allSettled([...endings].map((ending) => ending()));
}

/** Finalises what was left half-way and sends; then again when the network or the person comes back. */
export function start() {
  if (started || !person) return;
  started = true;
  addEventListener("online", () => void deliver());
  addEventListener("pageshow", (event) => event.persisted && void deliver());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void deliver());
  void deliver();
}

/** @returns {Promise<Outcome>} */
export async function deliver() {
  clearTimeout(again);
  const box = await outbox;
  const outcome = await inTurn("kith-sync", async () => {
    await box.finaliseDrafts(person, await idsUnderWay());
    return sync({ outbox: box, fetch: (...args) => fetch(...args), person });
  });
  failures = outcome.reason === "later" ? failures + 1 : 0;
  if (outcome.reason === "later") {
    clearTimeout(again);
    again = setTimeout(() => void deliver(), Math.max(waitMs(failures, Math.random()), outcome.retryAfterMs ?? 0));
  }
  announce(outcome);
  return outcome;
}

/** Tells who wants to know; also what the service worker sent while this page was open. @param {Outcome} outcome */
export function announce(outcome) {
  for (const listener of listeners) listener(outcome);
}

/**
 * Says that a sitting is under way here, so that no page takes its draft for abandoned. A lock held by the page goes
 * with the page however it ends; where there are no locks, only this page knows.
 * @param {string} id
 */
export function holdDraft(id) {
  underWay.add(id);
  navigator.locks?.request(`kith-draft-${id}`, () => new Promise((resolve) => releases.set(id, resolve))).catch(() => {});
}

/** @param {string} id */
export function releaseDraft(id) {
  underWay.delete(id);
  releases.get(id)?.(undefined);
  releases.delete(id);
}

async function idsUnderWay() {
  const held = (await navigator.locks?.query().catch(() => null))?.held ?? [];
  const elsewhere = held.map((lock) => lock.name ?? "").filter((name) => name.startsWith("kith-draft-"));
  return [...underWay, ...elsewhere.map((name) => name.slice("kith-draft-".length))];
}

/** Two tabs take turns where the browser knows how; where not, the server keeps each record once. @template T @param {string} name @param {() => Promise<T>} act @returns {Promise<T>} */
const inTurn = (name, act) => (navigator.locks ? navigator.locks.request(name, act) : act());
