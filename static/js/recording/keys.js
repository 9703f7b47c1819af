// The keys of the page on which one records. Clickers that turn pages send Page Down and Page Up.

/** @typedef {"record"|"hear"|"next"|"back"} Action */

/** @type {Record<string, Action>} */
const KEYS = {
  " ": "record", h: "hear",
  Enter: "next", ArrowRight: "next", PageDown: "next",
  ArrowLeft: "back", PageUp: "back",
};
const OWN_KEYS = "button, a, summary, input, select, textarea, audio";

/**
 * What a key press asks for; on a button or a player the keys are its own.
 * @param {KeyboardEvent} event @returns {Action|null}
 */
export function actionFor(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented || event.repeat) return null;
  const target = /** @type {Element|null} */ (event.target);
  if (target?.closest?.(OWN_KEYS)) return null;
  return KEYS[event.key] ?? KEYS[event.key.toLowerCase()] ?? null;
}
