// What was begun on this device and not finished: it waits here, is not sent by itself, and can be thrown away.
import { outbox, person } from "../player/delivery.js";
import { el } from "../player/dom.js";
import { gaps } from "./sheet.js";

const place = /** @type {HTMLElement|null} */ (document.querySelector("[data-begun-list]"));

async function show() {
  if (!place || !person) return;
  const drafts = await (await outbox).list(person, "draft", "response");
  place.replaceChildren(...drafts.map(card));
  place.hidden = drafts.length === 0;
}

/** @param {import("../player/outbox.js").Entry} entry */
function card(entry) {
  const { answers } = /** @type {import("../player/outbox.js").ResponseRecord} */ (entry.record);
  const answered = answers.length - gaps(answers).length;
  return el("div", { class: "card begun-card" },
    el("p", {}, "Begun on this phone: ", el("strong", {}, entry.draft?.title ?? ""), `, ${answered} of ${answers.length} answered.`),
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
