import assert from "node:assert/strict";
import { test } from "node:test";
import { whereItIs } from "../../static/js/player/done.js";
import { chooseVoice, rateFor } from "../../static/js/player/speech.js";
import { fill, heardWords, waitingWords } from "../../static/js/player/words.js";

test("what was heard, in seconds below a minute and minutes above", () => {
  for (const [seconds, words] of [[0, "0 seconds"], [1, "1 second"], [40, "40 seconds"], [60, "1 minute"], [89, "1 minute"], [419, "7 minutes"], [600, "10 minutes"]]) {
    assert.equal(heardWords(seconds), `You practised for ${words}.`);
  }
});

test("what waits, and what it waits for", () => {
  assert.equal(waitingWords(0, "later"), "");
  assert.equal(waitingWords(1, "later"), "1 sitting is kept on this phone and will be sent when there is a network.");
  assert.equal(waitingWords(2, "sign-in"), "2 sittings are kept on this phone and will be sent when you sign in again.");
});

test("a person's own words stand in their places, else the practice's", () => {
  const variables = { dear_one: { ask: "Who?", default: "the one you chose" } };
  assert.equal(fill("Bring {dear_one} to mind.", variables, { dear_one: " Nan " }), "Bring Nan to mind.");
  assert.equal(fill("Bring {dear_one} to mind.", variables, { dear_one: " " }), "Bring the one you chose to mind.");
  assert.equal(fill("{not_known}, {dear_one}", variables, { dear_one: "{$&}" }), "not known, {$&}");
});

const voice = (lang, localService, more = {}) => ({ lang, localService, default: false, ...more });

test("a voice on the device for the language, and none rather than a remote one", () => {
  const british = voice("en-GB", true);
  const american = voice("en_US", true);
  assert.equal(chooseVoice([american, voice("en-GB", false), british], "en-GB"), british);
  assert.equal(chooseVoice([voice("de-DE", true), american], "en-GB"), american);
  assert.equal(chooseVoice([voice("en-GB", false), voice("de-DE", true)], "en-GB"), null);
  assert.equal(chooseVoice([], "en-GB"), null);
});

test("the rate follows the pace, within what can be understood", () => {
  const cue = (words, seconds) => ({ at: 0, seconds, kind: "speech", text: Array(words).fill("word").join(" ") });
  assert.ok(Math.abs(rateFor([cue(11, 6)]) - 110 / 165) < 1e-9);
  assert.equal(rateFor([cue(1, 60)]), 0.6);
  assert.equal(rateFor([], 1000), 1.15);
});

test("what the server holds has arrived; after much worse it is only kept", () => {
  const outcome = { kept: [], refused: [], waiting: 0, reason: null };
  for (const [effect, words] of [[-2, "Kept."], [-1, "Arrived."], [null, "Arrived."], [2, "Arrived."]]) {
    assert.equal(whereItIs(outcome, undefined, "Kept on this phone.", { fit: null, effect, barrier: null }), words);
  }
});
