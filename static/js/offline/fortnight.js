// The page of the coming days: shows the day it is on this phone, and what was done here since. Nothing that was kept is shown as missing.
import { onDelivery, outbox, person } from "../player/delivery.js";
import { say } from "../player/dom.js";
import { civilDay, look, readEntries } from "./day.js";
import { ownKept } from "./keep.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-fortnight]"));
const days = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-day]")]);
const over = /** @type {HTMLElement} */ (root.querySelector("[data-over]"));
const asOf = /** @type {HTMLElement} */ (root.querySelector("[data-as-of]"));
/** Asked for by its own name there is a network, and it is a list to read. In the place of the first page it is that page. */
const inPlace = location.pathname !== "/today/fortnight";
const locale = document.documentElement.lang || undefined;
let delivered = false;

/** @param {HTMLElement} part @param {string} name */
const has = (part, name) => part.hasAttribute(`data-${name}`);

/** @param {HTMLElement} part @returns {import("./day.js").Item} */
const readItem = (part) => ({
  id: part.dataset.item ?? "",
  kind: part.dataset.kind ?? "",
  card: has(part, "card"),
  counts: (part.dataset.counts ?? part.dataset.item ?? "").split(" "),
  least: Number(part.dataset.least ?? 0),
  opens: part.dataset.opens ?? "",
  closes: part.dataset.closes ?? "",
  times: Number(part.dataset.times),
  done: Number(part.dataset.done),
  wasHard: has(part, "was-hard"),
  heavy: has(part, "heavy"),
});

async function show() {
  const on = civilDay(new Date());
  const entries = await (await outbox).list(person);
  const { sittings, answers } = readEntries(entries);
  // A phone that is a day behind, or in another zone, still shows something.
  const first = days[0]?.dataset.day ?? "";
  const day = days.find((one) => one.dataset.day === (on < first ? first : on));
  for (const one of days) one.hidden = one !== day;
  over.hidden = day !== undefined;
  if (day) showDay(day, on, sittings, answers);
}

/** @param {HTMLElement} day @param {string} on @param {import("./day.js").Sat[]} sittings @param {import("./day.js").Answered[]} answers */
function showDay(day, on, sittings, answers) {
  const parts = /** @type {HTMLElement[]} */ ([...day.querySelectorAll("[data-item]")]);
  const items = parts.map(readItem);
  const hard = has(day, "hard-day");
  const view = look({ on, hard, items, steadier: root.dataset.steadier ?? "" }, sittings, answers);
  /** @type {HTMLElement|null} */ (day.querySelector("[data-name]"))?.classList.add("sr");

  const shown = view.card >= 0 ? items[view.card].id : "";
  parts.forEach((part, place) => {
    if (items[place].card) {
      part.hidden = place !== view.card;
      return;
    }
    const isShownAbove = items[place].kind === "practice" && items[place].id === shown;
    part.hidden = view.done[place] || isShownAbove;
  });
  const card = view.card >= 0 ? parts[view.card] : null;
  if (card && view.steadier) {
    for (const [name, hidden] of [["instead", false], ["planned", true]]) /** @type {HTMLElement} */ (card.querySelector(`[data-${name}]`)).hidden = /** @type {boolean} */ (hidden);
  }
  reveal(day, "after-hard", view.hard);
  reveal(day, "open", !view.hard);
  const hadCards = items.some((item) => item.card);
  const practised = view.card < 0 && (view.practised || hadCards);
  if (hadCards || view.practised) {
    reveal(day, "practised", practised);
    reveal(day, "free", false);
  }
  const also = /** @type {HTMLElement|null} */ (day.querySelector("[data-also]"));
  if (also) also.hidden = [...also.querySelectorAll("li")].every((item) => item.hidden);
  const waits = sittings.some((sitting) => sitting.on === on);
  for (const where of day.querySelectorAll("[data-where]")) say(where, waits ? "Kept on this phone." : delivered ? (view.hard ? "Kept." : "Arrived.") : "");
}

/** @param {HTMLElement} day @param {string} name @param {boolean} shown */
function reveal(day, name, shown) {
  const part = /** @type {HTMLElement|null} */ (day.querySelector(`[data-${name}]`));
  if (part) part.hidden = !shown;
}

if (inPlace) {
  const title = /** @type {HTMLElement} */ (root.querySelector("[data-title]"));
  title.textContent = "Today";
  title.classList.add("sr");
  asOf.hidden = false;
  const kept = await ownKept();
  const at = kept && new Date(kept.at).toLocaleString(locale, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
  asOf.textContent = `Shown from this phone${at ? `, as it was on ${at}` : ""}. You can practise and answer as always; it is sent when there is a network.`;
  await show();
  root.dataset.shown = "";
  onDelivery((outcome) => {
    delivered ||= outcome.kept.length > 0;
    // Somebody answered: the page as it is now can be had.
    if (outcome.reason === null && outcome.kept.length > 0) addRefresh();
    void show();
  });
  // Left open over midnight, or come back to.
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void show());
  addEventListener("pageshow", (event) => event.persisted && void show());
} else root.dataset.shown = "";

function addRefresh() {
  if (asOf.querySelector("a")) return;
  const link = document.createElement("a");
  link.href = "/today";
  link.textContent = "There is a network again: show today anew";
  asOf.replaceChildren(link);
}
