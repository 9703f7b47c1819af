// What was begun on this device and not finished: it waits here, is not sent by itself, and can be thrown away.
import { outbox, person } from "../player/delivery.js";
import { el } from "../player/dom.js";
import { gaps } from "./sheet.js";

const place = /** @type {HTMLElement|null} */ (document.querySelector("[data-begun-list]"));

async function show() {
  if (!place || !person) return;
  for (const note of document.querySelectorAll("[data-begun-note]")) note.remove();
  const drafts = await (await outbox).list(person, "draft", "response");
  // What stands on the page already, because it was asked for, is told there and not once more.
  const others = drafts.filter((entry) => !tellThere(entry));
  place.replaceChildren(...others.map(card));
  place.hidden = others.length === 0;
}

/** @param {import("../player/outbox.js").Entry} entry @returns {boolean} */
function tellThere(entry) {
  const { instrument } = /** @type {import("../player/outbox.js").ResponseRecord} */ (entry.record);
  const there = document.querySelector(`[data-asked="${CSS.escape(instrument)}"]`);
  if (!there || there.querySelector("[data-begun-note]")) return false;
  const link = there.querySelector("a");
  if (link) link.href = pathOf(entry);
  there.append(el("p", { class: "begun-actions soft", "data-begun-note": true }, `Begun on this phone, ${howFar(entry)}.`,
    el("button", { type: "button", class: "link", click: () => throwAway(entry.id) }, "Throw it away")));
  return true;
}

/** @param {import("../player/outbox.js").Entry} entry */
function howFar(entry) {
  const { answers } = /** @type {import("../player/outbox.js").ResponseRecord} */ (entry.record);
  return `${answers.length - gaps(answers).length} of ${answers.length} answered`;
}

/** @param {import("../player/outbox.js").Entry} entry */
function card(entry) {
  return el("div", { class: "card begun-card" },
    el("p", {}, "Begun on this phone: ", el("strong", {}, entry.draft?.title ?? ""), `, ${howFar(entry)}.`),
    el("p", { class: "begun-actions" },
      el("a", { class: "button quiet", href: pathOf(entry) }, "Go on"),
      el("button", { type: "button", class: "link", click: () => throwAway(entry.id) }, "Throw it away")));
}

/** Only ever a page of this place. @param {import("../player/outbox.js").Entry} entry */
const pathOf = ({ draft }) => (draft?.path.startsWith("/measures/") ? draft.path : "/measures");

/** @param {string} id */
async function throwAway(id) {
  await (await outbox).remove([id]);
  await show();
}

await show();
addEventListener("pageshow", (event) => event.persisted && void show());
