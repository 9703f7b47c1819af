import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Reading } from "../../static/js/teleprompter/reading.js";
import { lengths, rebalance } from "../../static/js/teleprompter/share.js";
import { endWords } from "../../static/js/teleprompter/words.js";
import { actionFor } from "../../static/js/teleprompter/keys.js";

// What the composer itself makes of these; a Rust test holds the file to it.
const { cases } = JSON.parse(await readFile(new URL("./shares.json", import.meta.url), "utf8"));

const silence = (least, usual, most, weight = 1000) => ({ least: least * 1000, usual: usual * 1000, most: most * 1000, weight });
const cue = (seconds, ...silences) => ({ seconds, silences, text: "", section: "", kind: "speech", notes: [] });
const near = (found, wanted, by = 0.01) => assert.ok(Math.abs(found - wanted) <= by, `${found}, not ${wanted}`);

test("the silences are shared as the composer shares them, to the millisecond", () => {
  assert.ok(cases.length >= 5);
  for (const { minutes, seconds, cues } of cases) {
    assert.deepEqual(rebalance(cues, seconds).map((length) => Math.round(length * 1000)), cues.map((one) => Math.round(one.silence * 1000)), `${minutes} minutes`);
  }
});

test("a time no silences can make gives the nearest they can", () => {
  const two = [silence(1, 2, 3), silence(4, 5, 6)];
  assert.deepEqual(lengths(two, 100_000), [3000, 6000]);
  assert.deepEqual(lengths(two, 0), [1000, 4000]);
  assert.deepEqual(lengths([], 5), []);
  assert.deepEqual(rebalance([cue(9)], 2), [0]);
});

test("left alone, a reading comes to each cue when the composer says, and ends on time", () => {
  for (const { seconds, cues } of cases) {
    const reading = new Reading(cues, seconds);
    for (let at = 0; at < seconds - 0.5; at += 0.5) {
      reading.tick(at);
      near(reading.now(at).ends, seconds);
      const planned = cues.findLastIndex((one) => one.at <= at + 0.02);
      assert.ok(Math.abs(reading.index - planned) <= 1);
    }
    assert.equal(reading.over, false);
    reading.tick(seconds + 0.05);
    assert.equal(reading.over, true);
  }
});

test("what is taken from one silence goes to the others, and the end stays", () => {
  const reading = new Reading([cue(2, silence(2, 8, 20)), cue(2, silence(2, 8, 20)), cue(2, silence(2, 8, 20))], 30);
  near(reading.now(0).left, 8);
  reading.next(4);
  near(reading.now(4).left, 11);
  near(reading.now(4).ends, 30);
  reading.stretch(5, 4);
  near(reading.now(4).left, 16);
  near(reading.now(4).ends, 30);
  reading.tick(22.1);
  assert.equal(reading.index, 2);
  near(reading.now(22.1).ends, 30);
});

test("longer and shorter stay within what the script allows, and what has passed has passed", () => {
  const reading = new Reading([cue(1, silence(2, 8, 12)), cue(1, silence(2, 8, 12))], 18);
  for (let times = 0; times < 9; times += 1) reading.stretch(5, 0);
  near(reading.now(0).left, 12);
  for (let times = 0; times < 9; times += 1) reading.stretch(-5, 0);
  near(reading.now(0).left, 2);
  reading.stretch(5, 2);
  reading.stretch(-5, 5);
  assert.equal(reading.index, 1, "its least had passed, so the next cue came");
});

test("a held silence does not end, and letting it go leads on", () => {
  const reading = new Reading([cue(1, silence(2, 4, 9)), cue(1, silence(2, 4, 9))], 10);
  reading.tick(2);
  reading.hold(2);
  reading.tick(60);
  assert.deepEqual([reading.index, reading.now(60).held, reading.now(60).phase], [0, true, "silence"]);
  near(reading.now(60).ends, 63, 0.01);
  reading.hold(60);
  assert.equal(reading.index, 1, "the next cue comes now, and none is passed over");
  near(reading.now(60).ends, 63, 0.01);
  const other = new Reading([cue(1, silence(2, 4, 9)), cue(1, silence(2, 4, 9))], 10);
  other.hold(2);
  other.hold(3);
  assert.equal(other.index, 0);
  near(other.now(3).left, 2);
});

test("a clock that jumps leads to the cue that is due by then", () => {
  const reading = new Reading([cue(1, silence(1, 2, 3)), cue(1, silence(1, 2, 3)), cue(1, silence(1, 2, 3))], 9);
  reading.tick(4);
  assert.equal(reading.index, 1);
  reading.tick(7);
  assert.equal(reading.index, 2);
});

test("back and jumping give the rest of the time to what is still to come", () => {
  const reading = new Reading([cue(1, silence(1, 4, 9)), cue(1, silence(1, 4, 9)), cue(1, silence(1, 4, 9))], 15);
  reading.back(3);
  assert.equal(reading.index, 0);
  near(reading.now(3).ends, 15);
  reading.jump(2, 5);
  near(reading.now(5).left, 9);
  near(reading.now(5).ends, 15);
  reading.next(6);
  assert.equal(reading.now(6).phase, "over");
  reading.back(7);
  assert.deepEqual([reading.over, reading.index], [false, 2]);
  reading.jump(99, 7);
  assert.equal(reading.index, 2);
});

test("nothing to read is over at once", () => {
  const reading = new Reading([], 0);
  reading.next(1);
  reading.stretch(5, 1);
  reading.hold(1);
  reading.back(1);
  assert.equal(reading.now(1).phase, "over");
});

test("the end is told plainly", () => {
  for (const [ends, words] of [[603, "ends at 10:00"], [640, "ends at 10:40, 0:40 later than asked"], [570, "ends at 9:30, 0:30 sooner than asked"]]) {
    assert.equal(endWords(ends, 600), words);
  }
});

test("keys, clickers, and a space that is a button's own", () => {
  const press = (key, more = {}) => actionFor(/** @type {any} */ ({ key, target: null, ...more }));
  for (const [key, action] of [[" ", "next"], ["PageDown", "next"], ["ArrowLeft", "back"], ["P", "hold"], ["ArrowUp", "longer"], ["ArrowDown", "shorter"], ["x", null]]) {
    assert.equal(press(key), action, key);
  }
  assert.equal(press(" ", { repeat: true }), null);
  assert.equal(press("ArrowUp", { repeat: true }), "longer");
  assert.equal(press("p", { ctrlKey: true }), null);
  assert.equal(press(" ", { target: { closest: () => ({}) } }), null);
});
