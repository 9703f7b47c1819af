// The player's words that depend on a number or a name. Pure; short, second person, no praise, no blame.

/** @param {number} minutes */
export const minutesWords = (minutes) => (minutes === 1 ? "1 minute" : `${minutes} minutes`);

/** @param {number} seconds whole seconds heard */
export function heardWords(seconds) {
  if (seconds < 60) return seconds === 1 ? "You practised for 1 second." : `You practised for ${seconds} seconds.`;
  return `You practised for ${minutesWords(Math.round(seconds / 60))}.`;
}

/** @param {number} seconds */
export const leftWords = (seconds) => (seconds < 60 ? "Less than a minute left" : `About ${minutesWords(Math.round(seconds / 60))} left`);

/** Why nothing is heard though it could be. */
export const LACKS = {
  refused: "Tap anywhere to hear it.",
  missing: "The sound is not here just now. The practice goes on without it.",
};

/**
 * @param {number} count of sittings @param {import("./sync.js").Reason} reason
 * @param {number} [answered] of questionnaires that were answered
 */
export function waitingWords(count, reason, answered = 0) {
  const kept = [
    count === 1 ? "1 sitting" : count > 1 ? `${count} sittings` : "",
    answered === 1 ? "your answers" : answered > 1 ? `your answers to ${answered} sets of questions` : "",
  ].filter(Boolean);
  if (kept.length === 0) return "";
  const what = kept.join(" and ");
  const are = count === 1 && answered === 0 ? "is" : "are";
  const begin = what[0].toUpperCase() + what.slice(1);
  return `${begin} ${are} kept on this phone and will be sent when ${reason === "sign-in" ? "you sign in again" : "there is a network"}.`;
}

/**
 * Puts the person's own words in a cue's places: "{dear_one}" becomes what she wrote, else what the practice says.
 * @param {string} text
 * @param {Record<string, {ask: string, default: string}>} variables
 * @param {Record<string, string>} answers
 */
export function fill(text, variables, answers) {
  return text.replace(/\{([a-z0-9_]+)\}/g, (_, name) => answers[name]?.trim() || variables[name]?.default || name.replaceAll("_", " "));
}

/** How a practice may leave one, worst first, as a question is read. */
export const EFFECTS = [
  { value: -2, words: "Much worse" },
  { value: -1, words: "A little worse" },
  { value: 0, words: "The same" },
  { value: 1, words: "A little better" },
  { value: 2, words: "Much better" },
];
