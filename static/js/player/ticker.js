// A worker that only says "now": browsers slow the timers of a hidden page to one a minute, but not a worker's.
/** @type {ReturnType<typeof setInterval>|undefined} */
let timer;
addEventListener("message", (/** @type {MessageEvent<number>} */ event) => {
  clearInterval(timer);
  if (event.data > 0) timer = setInterval(() => postMessage(0), event.data);
});
