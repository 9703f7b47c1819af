// The keys of the teleprompter. Clickers that turn pages send Page Down and Page Up.

/** @typedef {"next"|"back"|"hold"|"longer"|"shorter"} Action */

/** @type {Record<string, Action>} */
const KEYS = {
  " ": "next", ArrowRight: "next", PageDown: "next",
  ArrowLeft: "back", PageUp: "back",
  p: "hold", h: "hold",
  ArrowUp: "longer", ArrowDown: "shorter",
};

/**
 * What a key press asks for; a space on a button is the button's own.
 * @param {KeyboardEvent} event @returns {Action|null}
 */
export function actionFor(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return null;
  const target = /** @type {Element|null} */ (event.target);
  if (event.key === " " && target?.closest?.("button, a, summary, input, select")) return null;
  if (event.key.startsWith("Arrow") && target?.closest?.("select, input:not([type=checkbox])")) return null;
  const action = KEYS[event.key] ?? KEYS[event.key.toLowerCase()] ?? null;
  // Longer and shorter may be held down; the others act once a press.
  return event.repeat && action !== "longer" && action !== "shorter" ? null : action;
}
