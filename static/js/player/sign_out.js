// Signing out forgets this person's things on this device: so it asks first when some have not been sent.
import { deliver, end, outbox, person, releaseDraft } from "./delivery.js";
import { el, forget, remembers, say } from "./dom.js";

/** @param {HTMLFormElement} form */
export function askBeforeSignOut(form) {
  let agreed = false;
  form.addEventListener("submit", async (event) => {
    if (agreed) return;
    event.preventDefault();
    const box = await outbox;
    const leave = async () => {
      agreed = true;
      // First, or what plays here would write its draft again as the page goes.
      await end();
      await box.clear(person).catch(() => {});
      forget("word:");
      forget(written);
      forget("keep");
      // Whatever fails here, the service worker does it again as the form is sent.
      await import("../offline/keep.js").then(({ leave }) => leave()).catch(() => {});
      form.requestSubmit(/** @type {HTMLElement|null} */ (event.submitter));
    };
    const left = await box.list(person).catch(() => []);
    if (left.length > 0) ask(leave);
    else if (remembers(written)) askAboutWriting(leave);
    else await leave();
  });
}

/** What this person typed into a practice of hers and did not keep; see writing/typed.js. */
const written = `writing:${person}:`;

/** Only she can say whether it is to be kept, and where: on its own page. @param {() => Promise<void>} leave */
function askAboutWriting(leave) {
  const dialog = el("dialog", { class: "player-dialog", "aria-labelledby": "sign-out-question" },
    el("p", { id: "sign-out-question" }, "You typed something into a practice that is not kept yet. It is only on this device. Go back and keep it, or sign out and lose it?"),
    el("div", { class: "player-dialog-actions" },
      el("a", { class: "button", href: "/writing" }, "Go to what I write"),
      el("button", { type: "button", class: "button quiet", click: () => dialog.close("leave") }, "Sign out anyway"),
      el("button", { type: "button", class: "button quiet", click: () => dialog.close("stay") }, "Stay")));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "leave") void leave();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {() => Promise<void>} leave */
function ask(leave) {
  const said = el("p", { role: "status" });
  const sendFirst = el("button", { type: "button", class: "button", click: send }, "Send first");
  const dialog = el("dialog", { class: "player-dialog", "aria-labelledby": "sign-out-question" },
    el("p", { id: "sign-out-question" }, "Something is still only on this phone. Send it first, or sign out and lose it?"),
    said,
    el("div", { class: "player-dialog-actions" },
      sendFirst,
      el("button", { type: "button", class: "button quiet", click: () => dialog.close("leave") }, "Sign out anyway"),
      el("button", { type: "button", class: "button quiet", click: () => dialog.close("stay") }, "Stay")));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "leave") void leave();
  });
  document.body.append(dialog);
  dialog.showModal();

  async function send() {
    sendFirst.disabled = true;
    say(said, "Sending.");
    // She is signing out: what is under way here is over.
    const box = await outbox;
    for (const draft of await box.list(person, "draft", "sitting")) releaseDraft(draft.id);
    await deliver();
    sendFirst.disabled = false;
    const left = await box.list(person);
    if (left.length === 0) return dialog.close("leave");
    const refused = left.find((entry) => entry.state === "refused");
    const begun = left.every((entry) => entry.state === "draft");
    if (begun) return say(said, "Answers you began stay here until you finish them: they are not sent by themselves.");
    say(said, refused ? `It could not be taken. ${refused.why ?? ""}`.trim() : "It could not be sent now. There may be no network.");
  }
}
