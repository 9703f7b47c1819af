// The keyboard while questions are answered: digits pick, Enter or Right goes on, Left or Backspace goes back.

/**
 * @typedef {{kind: "pick", value: number}|{kind: "next"}|{kind: "back"}} Action
 * @typedef {{values: number[], slider: boolean}} Item
 */

/**
 * The answer a digit stands for: its own number where the form has it, else its place from 1. On a slider a 0 right after a 1 is 10.
 * @param {string} digit @param {Item} item @param {string} before the key before this one, on the same question
 * @returns {number|null}
 */
export function valueFor(digit, { values, slider }, before) {
  const number = Number(digit);
  if (slider && digit === "0" && before === "1") return 10;
  if (values.includes(number)) return number;
  return values.every((value) => Number.isInteger(value) && value <= 9) ? null : (values[number - 1] ?? null);
}

/**
 * @param {KeyboardEvent} event @param {Item|null} item the question in sight; null where none is @param {string} before
 * @returns {Action|null}
 */
export function actionFor(event, item, before) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return null;
  const target = /** @type {Element|null} */ (event.target);
  if (target?.closest?.("input:not([type=radio]), select, textarea, dialog, summary")) return null;
  const onButton = Boolean(target?.closest?.("button, a"));
  if (item && /^[0-9]$/.test(event.key)) {
    const value = valueFor(event.key, item, before);
    return value === null ? null : { kind: "pick", value };
  }
  if (event.key === "Enter") return onButton ? null : { kind: "next" };
  if (event.key === "Backspace") return { kind: "back" };
  // On a slider left and right are the answers' own, as in every row of radio buttons.
  if (item?.slider && target?.closest?.("input[type=radio]")) return null;
  if (event.key === "ArrowRight") return { kind: "next" };
  if (event.key === "ArrowLeft") return { kind: "back" };
  return null;
}
