// Builds elements. Text goes in as text, never as markup.

/**
 * @param {string} tag
 * @param {Record<string, string|boolean|number|undefined|((event: any) => void)>} [attributes] a function is a listener ("click"); true is a bare attribute; false and undefined are left out
 * @param {...(Node|string|null|false|undefined)} children
 * @returns {any}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/** @param {string} path an outline on a 24 by 24 grid */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Writes only what is new, so that a live region speaks once. @param {Element} element @param {string} text */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A setting of this device's. Where storage is not allowed it is simply not remembered. @param {string} name */
export function recall(name) {
  try {
    return localStorage.getItem(`kith:${name}`);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value an empty one forgets */
export function remember(name, value) {
  try {
    if (value) localStorage.setItem(`kith:${name}`, value);
    else localStorage.removeItem(`kith:${name}`);
  } catch {
    // Not remembered, and nothing depends on it.
  }
}

/** Whether anything is remembered whose name begins so. @param {string} prefix */
export function remembers(prefix) {
  try {
    return Object.keys(localStorage).some((key) => key.startsWith(`kith:${prefix}`));
  } catch {
    return false;
  }
}

/** Forgets everything remembered whose name begins so. @param {string} prefix */
export function forget(prefix) {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(`kith:${prefix}`)) localStorage.removeItem(key);
  } catch {
    // There was nothing to forget.
  }
}
