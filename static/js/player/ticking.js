// Calls back many times a second, hidden page or not.

/**
 * Made when the page loads, for the worker's file must be fetched while there is a network.
 * @param {() => void} onTick
 * @returns {(everyMs: number) => void} starts; 0 stops
 */
export function makeTicker(onTick) {
  /** @type {Worker|null} */
  let worker = null;
  /** @type {ReturnType<typeof setInterval>|undefined} */
  let timer;
  let everyMs = 0;
  const byTimer = () => {
    worker = null;
    clearInterval(timer);
    if (everyMs > 0) timer = setInterval(onTick, everyMs);
  };
  try {
    worker = new Worker(new URL("./ticker.js", import.meta.url));
    worker.addEventListener("message", onTick);
    worker.addEventListener("error", byTimer);
  } catch {
    worker = null;
  }
  return (every) => {
    everyMs = every;
    if (worker) worker.postMessage(every);
    else byTimer();
  };
}
