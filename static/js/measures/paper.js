// Typing in answers from paper: a digit goes to the next box by itself, Backspace in an empty one goes back.
import { say } from "../player/dom.js";

/** Whether a box is full: no longer number that is allowed begins like this. @param {string} text @param {string[]} allowed */
export const isFull = (text, allowed) => allowed.includes(text) && !allowed.some((other) => other !== text && other.startsWith(text));

/** Whether it is, or may become, an answer. @param {string} text @param {string[]} allowed */
export const mayBe = (text, allowed) => text === "" || text === "-" || allowed.some((other) => other.startsWith(text));

const form = globalThis.document?.querySelector("[data-paper]");
if (form) {
  const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[data-allowed]")]);
  const trouble = /** @type {HTMLElement} */ (form.querySelector("[data-paper-problem]"));
  const onward = /** @type {HTMLButtonElement} */ (form.querySelector("button[type=submit]"));
  const goTo = (/** @type {number} */ index) => (boxes[index] ?? onward).focus();
  boxes.forEach((box, index) => {
    const allowed = (box.dataset.allowed ?? "").split(" ");
    box.addEventListener("focus", () => box.select());
    box.addEventListener("input", () => {
      const text = box.value.trim();
      const good = mayBe(text, allowed);
      trouble.hidden = good;
      say(trouble, good ? "" : `Question ${index + 1} takes ${allowed.join(", ")}.`);
      if (!good) box.value = "";
      else if (text === "-" || isFull(text, allowed)) goTo(index + 1);
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Backspace" && box.value === "" && index > 0) {
        event.preventDefault();
        goTo(index - 1);
      } else if (event.key === "Enter" || event.key === "ArrowDown") {
        event.preventDefault();
        goTo(index + 1);
      } else if (event.key === "ArrowUp" && index > 0) {
        event.preventDefault();
        goTo(index - 1);
      }
    });
  });
  if (boxes[0]?.value === "") goTo(0);
}
