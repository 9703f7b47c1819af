// The page's side of what this phone keeps: registers the service worker, asks it to bring things up to date, and to forget them.
import { announce, onDelivery, outbox, person } from "../player/delivery.js";
import { recall } from "../player/dom.js";
import { clear, findKept, forgetAll } from "./kept.js";
import { takeWord } from "./word.js";

/** Pages other than the first one ask only when this long nobody has. */
const STALE_MS = 6 * 60 * 60_000;
const ANSWER_MS = 5_000;
/** Set on this device when she cleared what is kept: it stays so until she asks for it again. */
export const KEEP = "keep";

export const isPossible = "serviceWorker" in navigator && "caches" in globalThis;
/** The release this page belongs to, as it stands in the address of every script. */
const release = /\/static\/([^/]+)\//.exec(import.meta.url)?.[1];

/** @type {Promise<ServiceWorkerRegistration|null>|undefined} */
let registering;
const register = () => (registering ??= navigator.serviceWorker.register("/service_worker.js", { type: "module" }).then(() => navigator.serviceWorker.ready).catch(() => null));

/** @param {ServiceWorkerRegistration|null|undefined} registration @param {object} message @returns {Promise<any>} what it answers; null without one */
function ask(registration, message) {
  const worker = registration?.active;
  if (!worker) return Promise.resolve(null);
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage(message, [port2]);
  });
}

/** Which sound the player takes here, as `addressOf` in player/sound.js has it: that whole module is not needed for this. */
function format() {
  const plays = (/** @type {string} */ kind) => document.createElement("audio").canPlayType(`audio/${kind}; codecs=opus`) !== "";
  return plays("mp4") && (navigator.vendor.startsWith("Apple") || !plays("ogg")) ? "mp4" : "ogg";
}

/** @returns {Promise<import("./holding.js").State|null>} null where this browser cannot */
export async function bring() {
  return isPossible && person ? ask(await register(), { kind: "bring", person, format: format() }) : null;
}

/** Everything but what waits to be sent goes. */
export const clearKept = () => withWorker(clear);

/** She signs out: nothing of anybody stays. */
export const leave = () => withWorker(forgetAll);

/** The worker first, which may be fetching; it is not waited for beyond reason. @param {(caches: CacheStorage) => Promise<void>} remove */
async function withWorker(remove) {
  if (!isPossible) return;
  const registration = await navigator.serviceWorker.getRegistration("/");
  await Promise.race([ask(registration, { kind: "clear" }), new Promise((resolve) => setTimeout(resolve, ANSWER_MS))]);
  await remove(caches);
}

/** What this phone keeps of hers. */
export async function ownKept() {
  const found = isPossible ? await findKept(caches) : null;
  return found?.kept.person === person ? found.kept : null;
}

async function isStale() {
  const kept = await ownKept();
  return !kept || kept.release !== release || Math.abs(Date.now() - kept.at) > STALE_MS;
}

/** Called by every page of hers, when it is idle. @returns {Promise<boolean>} whether something that arrived meanwhile calls for help */
export async function begin() {
  if (!isPossible) return false;
  const registration = await register();
  const keeps = () => recall(KEEP) !== "off";
  onDelivery(({ kept, waiting }) => {
    if (waiting > 0) wakeLater(registration);
    // What has arrived changes what the coming days show.
    if (kept.length > 0 && keeps()) void bring();
  });
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.kind !== "sent" || data.person !== person) return;
    announce(data.outcome);
    void takeWord(caches, person);
  });
  if ((await (await outbox).list(person, "ready")).length > 0) wakeLater(registration);
  const isPlaying = document.documentElement.hasAttribute("data-practising");
  if (keeps() && !isPlaying && (location.pathname === "/today" || (await isStale()))) void bring();
  return takeWord(caches, person);
}

/** Where the browser knows how, it sends what waits when there is a network again, though no page is open. @param {any} registration */
const wakeLater = (registration) => registration?.sync?.register("kith-outbox").catch(() => {});
