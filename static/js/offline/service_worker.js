// Stands between Kith's pages and the network: answers from what is kept when there is none, sends what waits, and shows messages.
// /service_worker.js imports this module from the release it belongs to; a new release is a new worker.
import { Outbox } from "../player/outbox.js";
import { openStore } from "../player/store.js";
import { sync } from "../player/sync.js";
import { findPage, insteadOf } from "./finding.js";
import { Holding } from "./holding.js";
import { SOUND, findKept } from "./kept.js";
import { slice } from "./slice.js";
import { leaveWord } from "./word.js";

/** A network that has not answered after so long is as good as none, where the page is kept. */
const PATIENCE_MS = 3_000;
/** What a proxy says while the house behind it is closed. */
const CLOSED = [502, 503, 504];
/** After these somebody else may be signed in, or nobody. */
const COMING_AND_GOING = /^\/(sign-in|sign-out|demo\/entry|join(\/.*)?|me\/erasure)$/;
/** Whoever is signed in is led on from here. */
const SIGNED_OUT = "/sign-in";
const SOUND_PATH = /^\/practices\/[^/]+\/sound$/;

const worker = /** @type {any} */ (globalThis);
const holding = new Holding({ caches, fetch: (...args) => fetch(...args) });

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("message", (/** @type {any} */ event) => {
  const { kind, person, format } = event.data ?? {};
  const answer = (/** @type {unknown} */ said) => event.ports[0]?.postMessage(said);
  if (kind === "bring") event.waitUntil(holding.bring(String(person), format === "mp4" ? "mp4" : "ogg").then(answer));
  if (kind === "clear") event.waitUntil(holding.clear().then(() => answer("cleared")));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && request.mode === "navigate") event.respondWith(form(request, url.pathname));
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (SOUND_PATH.test(url.pathname)) event.respondWith(sound(request));
  else if (request.mode === "navigate") event.respondWith(page(event, url));
});

/** Scripts and styles of a release never change; in a debug build, where they do, the server says so. @param {Request} request */
async function file(request) {
  const known = await caches.match(request);
  if (!known) return fetch(request);
  if (known.headers.get("Cache-Control") !== "no-cache") return known;
  return fetch(request).then((answer) => (answer.ok ? answer : known), () => known);
}

/** @param {Request} request */
async function sound(request) {
  const known = await (await caches.open(SOUND)).match(request.url);
  if (!known) return fetch(request);
  return slice(known, request.headers.get("Range"));
}

/** The network first; what is kept when it does not answer. @param {any} event @param {URL} url */
async function page(event, url) {
  const found = await findKept(caches);
  const addresses = found ? Object.keys(found.kept.pages) : [];
  const place = findPage(url.pathname + url.search, addresses);
  const answering = fetch(event.request);
  const late = place && new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const answer = await Promise.race([answering.catch(() => null), ...(late ? [late] : [])]);
  if (answer && !(CLOSED.includes(answer.status) && found)) {
    const person = answer.headers.get("Kith-Person");
    // Another has signed in here, or nobody is signed in any more: what was hers goes.
    const isOver = (person && person !== found?.kept.person) || (url.pathname === SIGNED_OUT && answer.ok);
    if (found && isOver) event.waitUntil(holding.clear());
    return answer;
  }
  const instead = place ?? insteadOf(addresses);
  const known = instead && (await found?.cache.match(instead));
  return known || answer || answering;
}

/** A form goes to the server as it is. @param {Request} request @param {string} path */
async function form(request, path) {
  try {
    const answer = await fetch(request);
    // One that was taken leads on to another page.
    if (COMING_AND_GOING.test(path) && answer.type === "opaqueredirect") await holding.clear();
    return answer;
  } catch {
    if (path !== "/sign-out") return plainPage("This needs a network", "Nothing was sent. Go back: what you wrote is still there, and can be sent when there is a network.");
    await holding.clear();
    return plainPage("Not signed out yet", "There is no network just now. What was kept on this phone has been removed. Please sign out once more when there is one.");
  }
}

/** A page that needs nothing else. @param {string} title @param {string} words */
const plainPage = (title, words) => new Response(
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title} · Kith</title><h1>${title}</h1><p>${words}</p><p><a href="/today">Today</a> · <a href="/help">Help now</a></p></html>`,
  { status: 503, headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'" } },
);

// What waited is sent when there is a network again, even if no page is open. Browsers that know no such thing send from the next page.
worker.addEventListener("sync", (/** @type {any} */ event) => {
  if (event.tag === "kith-outbox") event.waitUntil(sendWaiting());
});

async function sendWaiting() {
  const { store } = await openStore();
  const outbox = new Outbox(store);
  const ready = (await store.all()).filter((entry) => entry.state === "ready");
  const send = async () => {
    for (const person of new Set(ready.map((entry) => entry.person))) {
      const outcome = await sync({ outbox, fetch: (...args) => fetch(...args), person });
      // Nobody may be looking: the next page says it.
      if (outcome.help) await leaveWord(caches, person);
      for (const page of await worker.clients.matchAll({ type: "window" })) page.postMessage({ kind: "sent", person, outcome });
      if (outcome.reason === "later") throw new Error("later");
    }
  };
  await (navigator.locks ? navigator.locks.request("kith-sync", send) : send());
}

// A message says nothing on a locked screen of what it is about, and opens the page it leads to.
worker.addEventListener("push", (/** @type {any} */ event) => {
  const { words, place } = event.data.json();
  event.waitUntil(worker.registration.showNotification(words, { tag: "reminder", data: place }));
});

worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(worker.clients.openWindow(event.notification.data));
});
