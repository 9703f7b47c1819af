import assert from "node:assert/strict";
import { test } from "node:test";
import { Heard, Timeline } from "../../static/js/player/timeline.js";

const cues = [
  { at: 0, seconds: 4, kind: "bell", section: "Arrive", text: "" },
  { at: 6, seconds: 4, kind: "speech", section: "Arrive", text: "Sit." },
  { at: 20, seconds: 5, kind: "speech", section: "Wish", text: "Wish well." },
  { at: 50, seconds: 4, kind: "bell", section: "Close" },
];
const timeline = new Timeline(cues, 60);

test("the current and the next cue at each place", () => {
  for (const [position, index, next] of [[0, 0, 6], [5.9, 0, 6], [6, 1, 20], [19.99, 1, 20], [20, 2, 50], [59, 3, undefined]]) {
    const place = timeline.at(position);
    assert.equal(place.index, index, `at ${position}`);
    assert.equal(place.next?.at, next, `next at ${position}`);
  }
});

test("before the first cue there is none, and its silence runs to it", () => {
  const late = new Timeline([{ at: 4, seconds: 1, kind: "speech", text: "Here." }], 10);
  assert.deepEqual(late.at(1), { index: -1, cue: null, next: late.cues[0], caption: null, speaking: false, silence: 0.25 });
  assert.equal(late.back(1), 0);
  assert.equal(late.skip(1), 4);
});

test("something sounds until its seconds are over, then silence grows from 0 to 1", () => {
  assert.equal(timeline.at(7).speaking, true);
  assert.equal(timeline.at(7).silence, null);
  assert.equal(timeline.at(10).silence, 0);
  assert.equal(timeline.at(15).silence, 0.5);
  assert.equal(timeline.at(57).silence, 0.5);
  assert.equal(timeline.at(60).silence, 1);
});

test("a cue longer than the room for it leaves no silence behind", () => {
  const tight = new Timeline([{ at: 0, seconds: 9, kind: "speech", text: "a" }, { at: 5, seconds: 1, kind: "speech", text: "b" }], 10);
  assert.equal(tight.at(4.9).speaking, true);
  assert.equal(tight.at(5).index, 1);
});

test("a bell leaves the words before it standing", () => {
  assert.equal(timeline.at(51).caption?.text, "Wish well.");
  assert.equal(timeline.at(1).caption, null);
});

test("back leads to this cue's start, or the one before within two seconds", () => {
  for (const [from, to] of [[0, 0], [1, 0], [3, 0], [6, 0], [7.9, 0], [8, 6], [19, 6], [20, 6], [21.99, 6], [22, 20], [60, 50]]) {
    assert.equal(timeline.back(from), to, `from ${from}`);
  }
});

test("back never sticks where two cues share a start", () => {
  const twins = new Timeline([{ at: 0, seconds: 1, kind: "speech" }, { at: 9, seconds: 0, kind: "bell" }, { at: 9, seconds: 1, kind: "speech" }], 20);
  assert.equal(twins.back(9), 0);
});

test("skip leads to the next cue, and after the last to the end", () => {
  for (const [from, to] of [[0, 6], [5, 6], [6, 20], [50, 60], [60, 60]]) assert.equal(timeline.skip(from), to, `from ${from}`);
});

test("no cues at all is an empty timeline, not an error", () => {
  const empty = new Timeline([]);
  assert.equal(empty.seconds, 0);
  assert.equal(empty.at(0).cue, null);
  assert.equal(empty.skip(0), 0);
  assert.equal(empty.back(0), 0);
});

test("cues out of order are put in order, and the caller's list is left alone", () => {
  const given = [cues[2], cues[0]];
  assert.deepEqual(new Timeline(given, 60).cues, [cues[0], cues[2]]);
  assert.equal(given[0], cues[2]);
});

test("a second heard twice counts once", () => {
  const heard = new Heard();
  for (const [from, to] of [[0, 10], [5, 12], [30, 40], [0, 12], [12, 13], [35, 36], [40, 40], [9, 3]]) heard.credit(from, to);
  assert.equal(heard.seconds, 23);
  heard.credit(10, 35);
  assert.equal(heard.seconds, 40);
});
