// What answers to a sheet of questions come to, as far as a page must know without a network: gaps, help, what follows. Pure.

/**
 * @typedef {{values: number[], slider: boolean, risk_from: number|null, turned: boolean}} Item
 * @typedef {{at: number, rule: string, times: number, of_last: number, offer: string|null, then: string[]}} Rule
 * @typedef {{measure: string, title: string, order: string, questionnaire: string, items: Item[], rules: Rule[], recent: number[]}} Sheet
 *   `recent`: earlier scores of a check-in, the latest last
 * @typedef {(number|null)[]} Answers
 */

/** The slider's ends, as a check-in is scored. */
const MOST = 10;

/** The places without an answer, from 1. @param {Answers} answers @returns {number[]} */
export const gaps = (answers) => answers.flatMap((answer, index) => (answer === null ? [index + 1] : []));

/** Whether an answer calls for help by itself. @param {Sheet} sheet @param {Answers} answers */
export const isEndorsed = (sheet, answers) =>
  sheet.items.some(({ risk_from: from }, index) => from !== null && (answers[index] ?? -Infinity) >= from);

/** A check-in's score: the mean, turned answers the other way round; none with a gap. @param {Sheet} sheet @param {Answers} answers */
export function score(sheet, answers) {
  if (answers.includes(null) || answers.length === 0) return null;
  const sum = sheet.items.reduce((all, { turned }, index) => all + (turned ? MOST - Number(answers[index]) : Number(answers[index])), 0);
  return sum / sheet.items.length;
}

/** The rules these scores reach, the latest score last: only one that counts itself brings a rule up. @param {Rule[]} rules @param {number[]} scores */
export function reached(rules, scores) {
  return rules.filter(({ at, rule, times, of_last: most }) => {
    const counts = (/** @type {number} */ one) => (rule === ">=" ? one >= at : one <= at);
    const last = scores.at(-1);
    return last !== undefined && counts(last) && scores.slice(-most).filter(counts).length >= times;
  });
}

/**
 * What follows from answers: help at once, links, something to look at more closely.
 * @param {Sheet} sheet @param {Answers} answers @returns {{help: boolean, risk: boolean, then: string[], offer: string|null}}
 */
export function follows(sheet, answers) {
  const risk = isEndorsed(sheet, answers);
  const now = score(sheet, answers);
  const rules = now === null ? [] : reached(sheet.rules, [...sheet.recent, now]);
  const then = [...new Set(rules.flatMap((rule) => rule.then))];
  return { help: risk || then.includes("help"), risk, then, offer: rules.find((rule) => rule.offer)?.offer ?? null };
}

/**
 * The record as it is sent, and nothing more.
 * @param {{id: string, sheet: Sheet, answers: Answers, answeredAt: string}} what
 */
export function makeResponse({ id, sheet, answers, answeredAt }) {
  return {
    id,
    instrument: sheet.measure,
    answered_at: answeredAt,
    answers,
    ...(sheet.order ? { order: sheet.order } : {}),
    ...(sheet.questionnaire ? { questionnaire: sheet.questionnaire } : {}),
  };
}

/** Whether a draft was begun on these very words. @param {Sheet} sheet @param {{instrument: string, answers: Answers, questionnaire?: string}} record */
export const fits = (sheet, record) =>
  record.instrument === sheet.measure && (record.questionnaire ?? "") === sheet.questionnaire && record.answers.length === sheet.items.length;

/** @param {number} place @param {number} of */
export const placeWords = (place, of) => `${place} of ${of}`;

/** What is said before it is sent. @param {number[]} empty @param {number} of */
export function reviewWords(empty, of) {
  if (empty.length === of) return "Nothing is answered yet. One answer is enough.";
  if (empty.length === 0) return of === 1 ? "" : `All ${of} are answered.`;
  const what = empty.length === 1 ? `One question of ${of} is empty.` : `${empty.length} questions of ${of} are empty.`;
  return `${what} You can go back to ${empty.length === 1 ? "it" : "them"}, or keep the rest as it is.`;
}
