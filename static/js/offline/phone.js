// The page "On this phone": what is kept, how much it is, bringing it up to date, clearing it.
import { onDelivery, outbox, person } from "../player/delivery.js";
import { el, recall, remember, say } from "../player/dom.js";
import { KEEP, bring, clearKept, isPossible, ownKept } from "./keep.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-phone]"));
const install = /** @type {HTMLElement} */ (document.querySelector("[data-install]"));
const find = (/** @type {string} */ name) => /** @type {any} */ (root.querySelector(`[data-${name}]`));
const state = find("state"), facts = find("facts"), bringButton = find("bring"), clearButton = find("clear");
const locale = document.documentElement.lang || undefined;

const many = (/** @type {number} */ n, /** @type {string} */ one, /** @type {string} */ more) => `${n} ${n === 1 ? one : more}`;
const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toLocaleString(locale, { maximumFractionDigits: 1 })} MB`;

const waiting = async () => (await (await outbox).list(person)).filter((entry) => entry.state !== "draft");

async function show() {
  const kept = await ownKept();
  facts.hidden = bringButton.hidden = false;
  clearButton.hidden = kept === null;
  bringButton.textContent = kept ? "Bring it up to date" : "Keep it on this phone";
  const left = await waiting();
  say(find("waiting"), left.length === 0 ? "Nothing" : many(left.length, "record", "records"));
  if (!kept) {
    say(find("kept"), "Nothing");
    say(find("at"), "Not yet");
    find("until-line").hidden = true;
    return;
  }
  const pages = many(Object.keys(kept.pages).length, "page", "pages");
  const sounds = kept.soundsWanted > 0 ? ` and ${kept.sounds} of ${many(kept.soundsWanted, "sound", "sounds")}` : "";
  say(find("kept"), `${pages}${sounds}, ${megabytes(kept.bytes + kept.soundBytes)}`);
  say(find("at"), new Date(kept.at).toLocaleString(locale, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" }));
  find("until-line").hidden = !("/today/fortnight" in kept.pages);
  say(find("until"), new Date(`${kept.until}T12:00:00`).toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long" }));
}

const SAID = {
  kept: "Everything is on this phone.",
  later: "It could not all be fetched just now. What was here before stays.",
  "signed-out": "You are signed in no more, or as somebody else. Nothing is kept.",
};

bringButton.addEventListener("click", async () => {
  bringButton.disabled = true;
  say(state, "Fetching.");
  remember(KEEP, "");
  // Asked for by herself, so the browser may ask her too: what lasts is not cleared when the phone gets full.
  await navigator.storage?.persist?.().catch(() => {});
  const said = await bring();
  say(state, said ? SAID[/** @type {keyof typeof SAID} */ (said)] : "This browser cannot keep pages. Those that are open can be finished without a network.");
  bringButton.disabled = false;
  await show();
});

clearButton.addEventListener("click", async () => {
  const left = await waiting();
  if (left.length === 0) return clearAll();
  const dialog = el("dialog", { class: "player-dialog", "aria-labelledby": "clear-question" },
    el("p", { id: "clear-question" }, `${many(left.length, "record has", "records have")} not been sent yet. ${left.length === 1 ? "It stays" : "They stay"} on this phone until that is done. The rest is cleared. Without a network you could not open your plan then.`),
    el("div", { class: "player-dialog-actions" },
      el("button", { type: "button", class: "button", click: () => dialog.close("clear") }, "Clear the rest"),
      el("button", { type: "button", class: "button quiet", click: () => dialog.close("") }, "Leave it as it is")));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "clear") void clearAll();
  });
  document.body.append(dialog);
  dialog.showModal();
});

async function clearAll() {
  remember(KEEP, "off");
  await clearKept();
  say(state, "Cleared. Nothing is fetched again until you ask for it here.");
  await show();
  bringButton.focus();
}

if (isPossible) {
  if (recall(KEEP) === "off") say(state, "You cleared what was kept. Nothing is fetched until you ask for it here.");
  await show();
  onDelivery(() => void show());
  showInstall();
} else say(state, "This browser cannot keep pages. Those that are open can be finished without a network.");

function showInstall() {
  if (matchMedia("(display-mode: standalone)").matches) return;
  install.hidden = false;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    const ask = /** @type {HTMLElement} */ (install.querySelector("[data-install-ask]"));
    ask.hidden = false;
    /** @type {HTMLElement} */ (install.querySelector("[data-install-by-hand]")).hidden = true;
    ask.querySelector("button")?.addEventListener("click", () => void /** @type {any} */ (event).prompt(), { once: true });
  });
}
