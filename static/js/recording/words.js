// What is said while one records, and in which kind of file.

/** @param {number} seconds 65 as 1:05; what was said lasts a second at least */
export const clock = (seconds) => {
  const whole = Math.max(1, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

/** Kinds of file in the order in which they sound best; the empty one is whatever the browser likes. */
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4"];

/** @param {(kind: string) => boolean} isSupported */
export const kindOf = (isSupported) => KINDS.find(isSupported) ?? "";

/** Why there is no microphone, and what to do. @param {string} name the error's, or "insecure" */
export function withoutMicrophone(name) {
  switch (name) {
    case "NotAllowedError":
      return "This page may not use the microphone. Press the lock or the sliders beside the address, allow the microphone, and try again.";
    case "NotFoundError":
    case "OverconstrainedError":
      return "No microphone was found. Connect one, or use a phone.";
    case "NotReadableError":
    case "AbortError":
      return "The microphone is busy. Close what else uses it, and try again.";
    case "insecure":
      return "Browsers lend the microphone only to addresses that begin with https. Whoever runs this Kith can set that up.";
    default:
      return "The microphone cannot be used at the moment. Please try again.";
  }
}

/** @param {number} done @param {number} needed */
export const progressText = (done, needed) => (done === needed ? `All ${needed} lines are read` : `${done} of ${needed} lines read`);

/** How it stands with all of it. @param {{done: number, needed: number, isWhole: boolean}} lines @param {boolean} isOffered */
export function stateText({ done, needed, isWhole }, isOffered) {
  if (!isWhole) return isOffered ? `${done} of ${needed} lines are read as they are now. Until all are, another voice speaks.` : `${done} of ${needed} lines read.`;
  return isOffered ? "All of it is read, and in use." : "All of it is read. Nobody but you hears it yet.";
}
