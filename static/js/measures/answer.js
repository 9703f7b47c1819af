// The page to answer on, with a script: one question at a time, every answer kept on this device at once, also without a network.
import { say } from "../player/dom.js";
import { forTheNext, sendDirect } from "./direct.js";
import { Ending, whereWords } from "./ending.js";
import { Keeping } from "./keeping.js";
import { follows, gaps } from "./sheet.js";
import { View } from "./view.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-answering]"));
/** @type {import("./sheet.js").Sheet} */
const sheet = JSON.parse(document.getElementById("sheet")?.textContent ?? "");
const direct = root.hasAttribute("data-direct");
// On somebody else's tablet not even an empty outbox is opened.
const kept = direct ? null : await import("../player/delivery.js");
const trouble = /** @type {HTMLElement} */ (root.querySelector("[data-trouble]"));
const begun = /** @type {HTMLElement} */ (root.querySelector("[data-begun-here]"));
const home = /** @type {HTMLAnchorElement} */ (root.querySelector("[data-home]"));
const keeping = kept && new Keeping({ outbox: kept.outbox, person: kept.person, sheet, path: location.pathname + location.search });
const ending = new Ending(root);
const view = new View(root, sheet, (change) => void changed(change));
const done = direct && home.pathname === "/waiting-room" ? forTheNext(home.href) : () => {};
let over = false;
let dirty = false;

/** @param {string} words */
function complain(words) {
  trouble.hidden = words === "";
  say(trouble, words);
}

/** @param {"answer"|"place"} change */
async function changed(change) {
  if (over) return;
  dirty ||= change === "answer";
  complain("");
  if (!keeping || !dirty) return;
  try {
    const saved = await keeping.save(view.answers, view.place);
    if (!saved) {
      over = true;
      complain(await elsewhereWords(keeping.id));
    } else if (await kept?.lasting) say(view.kept, "Kept on this phone as you go.");
  } catch {
    say(view.kept, "This phone keeps nothing by itself: please stay on this page until you have finished.");
  }
}

async function finish() {
  const answers = view.answers;
  const what = follows(sheet, answers);
  if (!keeping || !kept) return sendNow(what);
  let finished;
  try {
    finished = await keeping.finish(answers);
  } catch {
    // The form itself still works where nothing can be kept.
    return view.form.submit();
  }
  over = true;
  const { id, was } = finished;
  if (was === "elsewhere") return complain(await elsewhereWords(id));
  ending.show(what, "Your answers are kept.");
  ending.tell((await kept.lasting) ? "They are on this phone only, so far." : "They are being sent. This browser keeps nothing itself: please leave this page open.");
  const { store } = await kept.outbox;
  kept.onDelivery(async (outcome) => {
    const entry = await store.get(id);
    ending.tell(whereWords(outcome, entry, await kept.lasting));
    ending.reached(!entry, outcome.reason !== "later");
    ending.callForHelp(outcome.help?.includes(id) ?? false);
    if (!entry && what.risk) ending.showTold(id);
  });
  await kept.deliver();
}

/** What became of these answers in another window: still in the outbox, with the server, or thrown away. @param {string} id */
async function elsewhereWords(id) {
  const waits = await kept?.outbox.then(({ store }) => store.get(id)).catch(() => undefined);
  const status = waits ? 200 : await fetch(`/responses/${id}`, { credentials: "same-origin" }).then((response) => response.status, () => 0);
  if (status === 200) return "These answers have been kept already, as they were in another window. Anything changed here since is not among them.";
  if (status === 404) return "These answers were thrown away in another window, and are not kept.";
  return "These answers were sent or thrown away in another window.";
}

/** @param {ReturnType<typeof follows>} what */
async function sendNow(what) {
  over = true;
  ending.show(what, "Your answers are being sent.");
  const again = /** @type {HTMLElement} */ (ending.sending);
  again.hidden = true;
  const sent = await sendDirect(view.form, (...args) => fetch(...args));
  ending.callForHelp(sent.help);
  if (sent.kept) {
    dirty = false;
    ending.reached(true, true);
    say(ending.kept, "Your answers are kept.");
    ending.tell("They have arrived.");
    if (!what.help && !sent.help) done();
    return;
  }
  say(ending.kept, "Your answers have not been sent yet.");
  ending.tell(sent.why || "They could not be sent just now. Please leave this page open and try again.");
  again.hidden = sent.why !== "";
}

view.form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (over) return;
  const empty = gaps(view.answers);
  if (empty.length === view.of) return complain("Nothing is answered yet. One answer is enough.");
  if (empty.length > 0 && !view.told && !follows(sheet, view.answers).risk) return view.review(true);
  void finish();
});
ending.sending.addEventListener("click", () => void sendNow(follows(sheet, view.answers)));
for (const link of root.querySelectorAll("[data-show-help]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    ending.peek();
  });
}
root.querySelector("[data-again]")?.addEventListener("click", async () => {
  await keeping?.drop();
  dirty = false;
  begun.hidden = true;
  say(view.kept, "");
  view.fill(sheet.items.map(() => null), 1);
});
// A tablet in the waiting room goes on to the next person without asking whoever stands there.
if (direct && home.pathname !== "/waiting-room") addEventListener("beforeunload", (event) => dirty && event.preventDefault());

view.show();
// On a slow network the form is there before this script, and somebody may have begun.
const early = view.touched ? view.answers : null;
if (early && !keeping) dirty = true;
if (keeping && kept) {
  const found = await keeping.resume().catch(() => null);
  if (found && !dirty) {
    dirty = true;
    view.fill(found.answers.map((answer, index) => early?.[index] ?? answer), found.place);
    begun.hidden = false;
  }
  if (early) void changed("answer");
  kept.onDelivery((outcome) => outcome.help?.some((id) => id !== keeping.id) && ending.callForEarlier());
  kept.onEnd(() => keeping.stop());
  kept.start();
}
