// Answers by a link or on a tablet in the waiting room: nothing is kept here; they are sent, and tried again by hand.

/** @typedef {{kept: boolean, help: boolean, why: string}} Sent */

/** @param {HTMLFormElement} form @param {typeof globalThis.fetch} fetch @returns {Promise<Sent>} */
export async function sendDirect(form, fetch) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
  fields.set("gaps", "known");
  try {
    const response = await fetch(form.action, { method: "POST", credentials: "same-origin", headers: { Accept: "application/json" }, body: fields });
    const body = await response.json().catch(() => null);
    if (response.ok && body?.kept === true) return { kept: true, help: body.help === true, why: "" };
    const final = [404, 409, 422].includes(response.status);
    return { kept: false, help: false, why: final ? String(body?.error?.message ?? "They could not be taken.") : "" };
  } catch {
    return { kept: false, help: false, why: "" };
  }
}

/** A tablet nobody touches for so long is made ready for the next person. */
const IDLE_MS = 10 * 60_000;
/** So long the last page stays. */
const NEXT_MS = 30_000;

/** @param {string} home @returns {() => void} to be called when all is done and nobody needs help */
export function forTheNext(home) {
  const leave = () => location.replace(home);
  let idle = setTimeout(leave, IDLE_MS);
  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, () => {
      clearTimeout(idle);
      idle = setTimeout(leave, IDLE_MS);
    });
  }
  // Coming back to it by the browser's own button asks the server again, which knows it is over.
  addEventListener("pageshow", (event) => event.persisted && leave());
  return () => void setTimeout(leave, NEXT_MS);
}
