import assert from "node:assert/strict";
import { test } from "node:test";
import { GAP_SECONDS, Sitting } from "../../static/js/player/sitting.js";

const cues = [0, 10, 20, 40].map((at) => ({ at, seconds: 3, kind: "speech", section: "s", text: `at ${at}` }));
const easeOut = [{ at: 0, seconds: 3, kind: "speech", section: "s", text: "Feel your feet." }, { at: 20, seconds: 3, kind: "bell" }];
const makeSitting = (more = {}) => new Sitting({ cues, seconds: 60, easeOut, ...more });

/** Ticks four times a second from one real second to another. */
function run(sitting, from, to) {
  for (let second = from; second <= to; second += 0.25) sitting.tick(second * 1000);
}

test("played to its end it is finished, and every second is credited", () => {
  const sitting = makeSitting();
  sitting.begin(0);
  run(sitting, 0, 61);
  assert.equal(sitting.running, "over");
  assert.equal(sitting.finished, true);
  assert.equal(sitting.heardSeconds, 60);
});

test("pauses are not credited, and time stands still in them", () => {
  const sitting = makeSitting();
  sitting.begin(0);
  run(sitting, 0, 10);
  sitting.pause(12_000);
  run(sitting, 12, 50);
  assert.equal(sitting.position, 12);
  sitting.resume(50_000);
  run(sitting, 50, 55);
  assert.equal(sitting.heardSeconds, 17);
});

test("what is skipped is not credited", () => {
  const sitting = makeSitting();
  sitting.begin(0);
  run(sitting, 0, 5);
  sitting.skip(5_000);
  assert.equal(sitting.position, 10);
  run(sitting, 5, 7);
  assert.equal(sitting.heardSeconds, 7);
});

test("what is heard again is not credited again", () => {
  const sitting = makeSitting();
  sitting.begin(0);
  run(sitting, 0, 15);
  sitting.back(15_000);
  assert.equal(sitting.position, 10);
  run(sitting, 15, 20);
  assert.equal(sitting.heardSeconds, 15);
  run(sitting, 20, 21);
  assert.equal(sitting.heardSeconds, 16);
});

test("back at the beginning stays there; skip after the last cue ends it", () => {
  const sitting = makeSitting();
  sitting.begin(0);
  sitting.back(1000);
  assert.equal(sitting.position, 0);
  for (let i = 0; i < 3; i += 1) sitting.skip(1000);
  assert.equal(sitting.position, 40);
  sitting.skip(1000);
  assert.equal(sitting.running, "over");
  assert.equal(sitting.finished, true);
  assert.equal(sitting.heardSeconds, 1);
  sitting.back(2000);
  sitting.skip(2000);
  sitting.resume(2000);
  sitting.easeOut(2000);
  assert.equal(sitting.running, "over");
});

test("a late tick catches up", () => {
  const sitting = makeSitting();
  sitting.begin(0);
  sitting.tick(45_000);
  assert.equal(sitting.position, 45);
  assert.equal(sitting.heardSeconds, 45);
  assert.equal(sitting.place.index, 3);
});

test("after a sleep it pauses, and the gap is not credited", () => {
  const sitting = makeSitting();
  sitting.begin(0);
  run(sitting, 0, 5);
  sitting.tick(5_000 + (GAP_SECONDS + 1) * 1000);
  assert.equal(sitting.running, "paused");
  assert.equal(sitting.slept, true);
  assert.equal(sitting.position, 5);
  assert.equal(sitting.heardSeconds, 5);
  sitting.resume(200_000);
  assert.equal(sitting.slept, false);
  sitting.tick(201_000);
  assert.equal(sitting.heardSeconds, 6);
});

test("a pause pressed on waking pauses", () => {
  const sitting = makeSitting();
  sitting.begin(0);
  sitting.toggle(3_600_000);
  assert.equal(sitting.running, "paused");
  sitting.toggle(3_601_000);
  assert.equal(sitting.running, "playing");
});

test("a clock that goes backwards credits nothing", () => {
  const sitting = makeSitting();
  sitting.begin(10_000);
  sitting.tick(5_000);
  assert.equal(sitting.heardSeconds, 0);
  sitting.tick(6_000);
  assert.equal(sitting.heardSeconds, 1);
});

test("easing out plays its own cues, credits what was heard before, and is not finishing", () => {
  const sitting = makeSitting();
  sitting.begin(0);
  run(sitting, 0, 12);
  sitting.easeOut(12_000);
  assert.equal(sitting.easing, true);
  assert.equal(sitting.place.cue?.text, "Feel your feet.");
  run(sitting, 12, 50);
  assert.equal(sitting.running, "over");
  assert.equal(sitting.finished, false);
  assert.equal(sitting.heardSeconds, 12);
});

test("easing out a second time, or with nothing to ease out with, ends at once", () => {
  const twice = makeSitting();
  twice.begin(0);
  twice.easeOut(3_000);
  twice.easeOut(4_000);
  assert.equal(twice.running, "over");
  const none = makeSitting({ easeOut: [] });
  none.begin(0);
  none.easeOut(3_000);
  assert.equal(none.running, "over");
  assert.equal(none.heardSeconds, 3);
});

test("easing out of a pause goes on playing", () => {
  const sitting = makeSitting();
  sitting.begin(0);
  sitting.pause(3_000);
  sitting.easeOut(9_000);
  assert.equal(sitting.running, "playing");
  assert.equal(sitting.heardSeconds, 3);
});

test("a faster clock plays faster and credits the timeline's seconds", () => {
  const sitting = makeSitting({ rate: 10 });
  sitting.begin(0);
  sitting.tick(2_000);
  assert.equal(sitting.position, 20);
  sitting.tick(7_000);
  assert.equal(sitting.heardSeconds, 60);
});

test("200 random sequences keep heard between nothing, the time played and the length", () => {
  let seed = 20270320;
  const chance = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  for (let sequence = 0; sequence < 200; sequence += 1) {
    const sitting = makeSitting();
    let now = chance() * 1e6;
    let played = 0;
    let before = 0;
    sitting.begin(now);
    for (let step = 0; step < 120; step += 1) {
      const passed = chance() < 0.05 ? 100_000 : chance() * 3000;
      now += passed;
      if (sitting.running === "playing" && !sitting.easing && passed <= GAP_SECONDS * 1000) played += passed / 1000;
      const act = ["tick", "tick", "tick", "pause", "resume", "toggle", "back", "skip", "back", chance() < 0.1 ? "easeOut" : "tick"][Math.floor(chance() * 10)];
      sitting[act](now);
      const heard = sitting.heardSeconds;
      assert.ok(heard >= before - 1e-6, "heard never shrinks");
      assert.ok(heard >= 0 && heard <= 60 + 1e-6, `heard ${heard}`);
      assert.ok(heard <= played + 1e-6, `heard ${heard} of ${played} played`);
      assert.ok(sitting.position >= 0 && sitting.position <= sitting.timeline.seconds);
      before = heard;
    }
  }
});
