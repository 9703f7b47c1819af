// On every signed-in page: sends what waits on this phone and says what still does. Asks before a sign-out would lose it.
import { deliver, onDelivery, outbox, person, start } from "./delivery.js";
import { el, say } from "./dom.js";
import { askBeforeSignOut } from "./sign_out.js";
import { waitingWords } from "./words.js";

/** @type {HTMLElement|null} */
const place = document.querySelector("[data-outbox]");

/** @param {import("./sync.js").Reason} reason */
async function show(reason) {
  if (!place) return;
  const box = await outbox;
  const waiting = (await box.list(person, "ready")).length;
  const refused = await box.list(person, "refused");
  say(line, waitingWords(waiting, reason));
  line.hidden = waiting === 0;
  notes.replaceChildren(...refused.map(refusedNote));
  place.hidden = waiting === 0 && refused.length === 0;
}

/** @param {import("./outbox.js").Entry} entry */
function refusedNote(entry) {
  const on = new Date(entry.record.started_at).toLocaleDateString(document.documentElement.lang || undefined, { day: "numeric", month: "long" });
  return el("div", { class: "player-refused" },
    el("p", {}, `1 sitting of ${on} could not be taken. ${entry.why ?? ""}`.trim()),
    el("p", { class: "player-refused-actions" },
      el("button", { type: "button", class: "button quiet", click: () => retry(entry.id) }, "Try again"),
      el("button", { type: "button", class: "button quiet", click: () => removeOne(entry.id) }, "Remove it")));
}

/** @param {string} id */
async function retry(id) {
  await (await outbox).retry(id);
  await deliver();
}

/** @param {string} id */
async function removeOne(id) {
  await (await outbox).remove([id]);
  await show(null);
}

const line = el("p", { role: "status" });
const notes = el("div");

if (person) {
  place?.replaceChildren(line, notes);
  onDelivery((outcome) => void show(outcome.reason));
  void show(null);
  start();
  for (const form of document.querySelectorAll("form[data-sign-out]")) askBeforeSignOut(/** @type {HTMLFormElement} */ (form));
}
