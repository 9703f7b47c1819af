// Keeps the screen awake while a practice plays. The browser drops the lock whenever the page is hidden: ask again.

let wanted = false;
/** @type {WakeLockSentinel|null} */
let lock = null;

export function keepAwake() {
  wanted = true;
  void ask();
}

export function letSleep() {
  wanted = false;
  lock?.release().catch(() => {});
  lock = null;
}

async function ask() {
  if (!wanted || document.visibilityState !== "visible" || (lock && !lock.released)) return;
  try {
    const given = await navigator.wakeLock.request("screen");
    if (wanted) lock = given;
    else await given.release();
  } catch {
    // Not supported, or the battery is low: the screen may go dark, the practice goes on.
  }
}

document.addEventListener("visibilitychange", () => void ask());
