// What the page on which one records decides without a page: which line comes, what keys mean, which file, which words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { actionFor } from "../../static/js/recording/keys.js";
import { Lines } from "../../static/js/recording/lines.js";
import { clock, kindOf, progressText, stateText, withoutMicrophone } from "../../static/js/recording/words.js";

const line = (cue, seconds = null, wishes = null) => ({ cue, text: `Line ${cue}.`, wishes, seconds });

test("whoever comes back goes on with the first line that is open", () => {
  const lines = new Lines([line("a", 2), line("b"), line("c", 1)]);
  assert.equal(lines.line.cue, "b");
  assert.equal(lines.following?.cue, "c");
  assert.deepEqual([lines.done, lines.needed, lines.isWhole], [2, 3, false]);
  lines.keep("b", 4.5);
  assert.equal(lines.line.seconds, 4.5);
  assert.ok(lines.isWhole);
  assert.equal(new Lines(lines.lines).line.cue, "a", "all are read: from the beginning");
});

test("wishes somebody may choose instead are not needed", () => {
  const lines = new Lines([line("a", 2), line("b", null, "Short")]);
  assert.ok(lines.isWhole);
  assert.equal(lines.line.cue, "b", "and they are what comes next");
});

test("there is nothing before the first line and nothing after the last", () => {
  const lines = new Lines([line("a"), line("b")]);
  assert.equal(lines.back(), false);
  assert.equal(lines.next(), true);
  assert.equal(lines.next(), false);
  assert.equal(lines.line.cue, "b");
  assert.equal(lines.goTo("nothing"), false);
  assert.equal(lines.goTo("a"), true);
  assert.equal(lines.line.cue, "a");
});

test("keys record, hear and turn, but for a button's own", () => {
  const press = (key, more = {}) => actionFor(/** @type {any} */ ({ key, target: { closest: () => null }, ...more }));
  for (const [key, action] of [[" ", "record"], ["h", "hear"], ["H", "hear"], ["Enter", "next"], ["ArrowRight", "next"], ["PageUp", "back"], ["x", null]]) {
    assert.equal(press(key), action, key);
  }
  assert.equal(press(" ", { repeat: true }), null, "a key held down does not stop what it began");
  assert.equal(press("h", { ctrlKey: true }), null);
  assert.equal(press(" ", { target: { closest: () => ({}) } }), null);
});

test("the kind of file is the first the browser can make, else its own", () => {
  assert.equal(kindOf(() => true), "audio/webm;codecs=opus");
  assert.equal(kindOf((kind) => kind.startsWith("audio/mp4")), "audio/mp4;codecs=opus");
  assert.equal(kindOf((kind) => kind === "audio/mp4"), "audio/mp4");
  assert.equal(kindOf(() => false), "");
});

test("every way of having no microphone says what to do", () => {
  const said = ["NotAllowedError", "NotFoundError", "NotReadableError", "insecure", "anything"].map(withoutMicrophone);
  assert.equal(new Set(said).size, said.length);
  for (const words of said) assert.match(words, /\. [A-Z].*\.$|set that up\.$/);
});

test("numbers are words", () => {
  assert.deepEqual([0.2, 7.4, 65].map(clock), ["0:01", "0:07", "1:05"]);
  assert.equal(progressText(3, 17), "3 of 17 lines read");
  assert.equal(progressText(17, 17), "All 17 lines are read");
});

test("what is in use is said to be so only when all of it is read", () => {
  const whole = new Lines([line("a", 2)]);
  const half = new Lines([line("a", 2), line("b")]);
  assert.match(stateText(whole, true), /in use/);
  assert.match(stateText(whole, false), /Nobody but you/);
  assert.equal(stateText(half, false), "1 of 2 lines read.");
  assert.match(stateText(half, true), /another voice speaks/);
});
