// On every signed-in page: sends what waits on this phone and says what still does. Asks before a sign-out would lose it.
import { deliver, onDelivery, outbox, person, start } from "./delivery.js";
import { el, say } from "./dom.js";
import { kindOf } from "./outbox.js";
import { askBeforeSignOut } from "./sign_out.js";
import { waitingWords } from "./words.js";

/** @type {HTMLElement|null} */
const place = document.querySelector("[data-outbox]");

let arrived = false;

/** @param {import("./sync.js").Reason} reason */
async function show(reason) {
  if (!place) return;
  const box = await outbox;
  const ready = await box.list(person, "ready");
  const waiting = ready.length;
  const answered = ready.filter((entry) => kindOf(entry) === "response").length;
  const refused = await box.list(person, "refused");
  say(line, waiting === 0 && arrived ? ARRIVED : waitingWords(waiting - answered, reason, answered));
  // The first page was made before it arrived, and may still ask for what is done.
  if (waiting === 0 && arrived && location.pathname === "/today") line.append(" ", el("a", { href: "/today" }, "Show today anew"));
  line.hidden = waiting === 0 && !arrived;
  notes.replaceChildren(...refused.map(refusedNote));
  place.hidden = line.hidden && refused.length === 0 && help.hidden;
}

/** @param {import("./outbox.js").Entry} entry */
function refusedNote(entry) {
  const record = /** @type {any} */ (entry.record);
  const what = kindOf(entry) === "response" ? "Your answers" : "1 sitting";
  const on = new Date(record.started_at ?? record.answered_at).toLocaleDateString(document.documentElement.lang || undefined, { day: "numeric", month: "long" });
  return el("div", { class: "player-refused" },
    el("p", {}, `${what} of ${on} could not be taken. ${entry.why ?? ""}`.trim()),
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

const ARRIVED = "What was kept on this phone has arrived.";
const line = el("p", { role: "status" });
const notes = el("div");
const help = el("p", { class: "note", hidden: true }, "One of your answers asks for somebody’s attention. ", el("a", { href: "/help" }, "Here is help now"), ".");

/** Answers that arrived from here and call for help: said on whatever page she is, unless it shows help already. */
function showHelp() {
  if (!document.querySelector("[data-answering]")) help.hidden = false;
}

/** What the phone keeps is brought up to date when the page has nothing else to do: the first screen does not wait for it. */
const whenIdle = window.requestIdleCallback ?? ((act) => setTimeout(act, 1_500));

if (person) {
  place?.replaceChildren(help, line, notes);
  onDelivery((outcome) => {
    arrived ||= outcome.kept.length > 0;
    if (outcome.help) showHelp();
    void show(outcome.reason);
  });
  void show(null);
  start();
  whenIdle(async () => {
    const { begin } = await import("../offline/keep.js");
    if (await begin()) {
      showHelp();
      await show(null);
    }
  });
  for (const form of document.querySelectorAll("form[data-sign-out]")) askBeforeSignOut(/** @type {HTMLFormElement} */ (form));
}
