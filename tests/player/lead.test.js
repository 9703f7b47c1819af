import assert from "node:assert/strict";
import { test } from "node:test";
import { Lead } from "../../static/js/player/lead.js";
import { Sitting } from "../../static/js/player/sitting.js";
import { addressOf, Sound } from "../../static/js/player/sound.js";

const cues = [0, 10, 20, 40].map((at) => ({ at, seconds: 3, kind: "speech", section: "s", text: `at ${at}` }));
const easeOut = [{ at: 0, seconds: 3, kind: "speech", section: "s", text: "Feel your feet." }, { at: 20, seconds: 3, kind: "bell" }];

/** Behaves as an audio element does, with a time that is set by hand. */
class FakeAudio extends EventTarget {
  paused = true;
  ended = false;
  refuses = "";
  loads = 0;
  duration = 60;
  #time = 0;
  #since = 0;
  #ranges = [];

  get currentTime() {
    return this.#time;
  }

  set currentTime(seconds) {
    this.#close();
    this.#time = this.#since = seconds;
    this.ended = false;
  }

  get played() {
    const ranges = [...this.#ranges, ...(this.#time > this.#since ? [[this.#since, this.#time]] : [])];
    return { length: ranges.length, start: (index) => ranges[index][0], end: (index) => ranges[index][1] };
  }

  async play() {
    if (this.refuses) throw Object.assign(new Error(), { name: this.refuses });
    this.paused = false;
    this.dispatchEvent(new Event("play"));
  }

  pause() {
    this.paused = true;
    this.dispatchEvent(new Event("pause"));
  }

  load() {
    this.loads += 1;
  }

  /** So much of it is heard. */
  move(seconds) {
    if (this.paused) return;
    this.#time = Math.min(this.duration, this.#time + seconds);
    this.ended = this.#time === this.duration;
  }

  #close() {
    if (this.#time > this.#since) this.#ranges.push([this.#since, this.#time]);
  }
}

function start({ refuses = "" } = {}) {
  const sitting = new Sitting({ cues, seconds: 60, easeOut });
  const audio = Object.assign(new FakeAudio(), { refuses });
  const easingAudio = new FakeAudio();
  let now = 0;
  const means = { onNews() {}, onPause: () => lead.act("pause", now), onPlay: () => lead.act("resume", now) };
  const lead = new Lead(sitting, { practice: new Sound(audio, means), easing: new Sound(easingAudio, means) });
  const house = {
    sitting, audio, easingAudio, lead,
    /** Time passes for the page, and the sound moves at its own speed. */
    async run(seconds, speed = 1, step = 0.2) {
      for (let passed = 0; passed < seconds - 1e-9; passed += step) {
        await Promise.resolve();
        audio.move(step * speed);
        easingAudio.move(step * speed);
        now += step * 1000;
        lead.look(now);
      }
    },
    act: (name, position) => lead.act(name, now, position),
    hear: () => lead.hear(now),
  };
  lead.begin(0);
  return house;
}

test("where it plays, the sound is the clock", async () => {
  const { sitting, audio, run } = start();
  await run(5, 0.9);
  assert.ok(Math.abs(sitting.position - 4.5) < 1e-6, `${sitting.position}`);
  assert.equal(sitting.position, audio.currentTime);
  assert.ok(Math.abs(sitting.heardSeconds - 4.5) < 1e-6);
});

test("a page that was not woken for ten minutes finds what was heard meanwhile", async () => {
  const { sitting, run } = start();
  await run(40, 1, 20);
  assert.equal(sitting.running, "playing");
  assert.equal(sitting.position, 40);
  assert.equal(sitting.heardSeconds, 40);
  await run(80, 1, 80);
  assert.equal(sitting.running, "over");
  assert.equal(sitting.finished, true);
  assert.equal(sitting.heardSeconds, 60);
});

test("a file a little shorter than its timeline is played to its end all the same", async () => {
  const { sitting, audio, run } = start();
  audio.duration = 59.98;
  await run(61);
  assert.equal(sitting.running, "over");
  assert.equal(sitting.finished, true);
  assert.equal(sitting.heardSeconds, 60);
});

test("jumps move the sound and are not credited", async () => {
  const { sitting, audio, run, act } = start();
  await run(5);
  act("skip");
  assert.equal(audio.currentTime, 10);
  await run(5);
  act("goTo", 50);
  assert.equal(audio.currentTime, 50);
  await run(2);
  act("back");
  assert.equal(audio.currentTime, 40);
  await run(3);
  assert.ok(Math.abs(sitting.heardSeconds - 15) < 1e-6, `${sitting.heardSeconds}`);
});

test("a pause stops the sound, and the sound stopped from outside is a pause", async () => {
  const { sitting, audio, run, act } = start();
  await run(5);
  act("toggle");
  assert.equal(audio.paused, true);
  await run(100);
  assert.equal(sitting.running, "paused");
  act("toggle");
  await run(5);
  assert.equal(sitting.running, "playing");
  assert.ok(Math.abs(sitting.position - 10) < 1e-6, `${sitting.position}`);
  audio.pause();
  assert.equal(sitting.running, "paused");
  await audio.play();
  assert.equal(sitting.running, "playing");
});

test("when the sound stands still the page goes on from that place, and gives back when it moves", async () => {
  const { sitting, audio, lead, run } = start();
  await run(5);
  await run(1, 0);
  assert.equal(lead.lack, "");
  await run(0.4, 0);
  assert.equal(lead.lack, "missing");
  const stood = sitting.position;
  assert.ok(stood >= 5 && stood < 5.5, `${stood}`);
  await run(10, 0);
  assert.ok(sitting.position > 14 && sitting.position < 15.5, `${sitting.position}`);
  assert.ok(sitting.heardSeconds > 14 && sitting.heardSeconds <= sitting.position + 1e-6);
  await run(1);
  assert.equal(lead.lack, "");
  assert.equal(sitting.sound?.position, audio.currentTime);
  assert.ok(Math.abs(audio.currentTime - sitting.position) < 1e-6);
  assert.ok(sitting.position > 15 && sitting.position < 16.6);
});

test("refused before a tap, the page keeps the time; after one the sound does, from there", async () => {
  const { sitting, audio, lead, run, hear } = start({ refuses: "NotAllowedError" });
  await run(4);
  assert.equal(lead.lack, "refused");
  assert.ok(sitting.position > 3, `${sitting.position}`);
  audio.refuses = "";
  hear();
  await run(1);
  assert.equal(lead.lack, "");
  assert.ok(sitting.position > 4 && Math.abs(audio.currentTime - sitting.position) < 1e-6);
});

test("what cannot be had is asked for again when she does something, and nothing waits for it", async () => {
  const { sitting, audio, lead, run, act } = start();
  await run(5);
  audio.refuses = "AbortError";
  audio.paused = true;
  audio.dispatchEvent(new Event("error"));
  await run(3);
  assert.equal(lead.lack, "missing");
  assert.ok(sitting.position > 7.5, `${sitting.position}`);
  act("skip");
  assert.equal(audio.loads, 1);
  await run(1);
  assert.ok(sitting.position > 10.9, `${sitting.position}`);
});

test("easing out has a sound of its own and credits nothing", async () => {
  const { sitting, audio, easingAudio, run, act } = start();
  await run(12);
  act("easeOut");
  assert.equal(audio.paused, true);
  assert.equal(easingAudio.paused, false);
  await run(5);
  assert.ok(Math.abs(sitting.position - 5) < 1e-6, `${sitting.position}`);
  assert.equal(sitting.place.cue?.text, "Feel your feet.");
  await run(30);
  assert.equal(sitting.running, "over");
  assert.equal(sitting.finished, false);
  assert.equal(easingAudio.paused, true);
  assert.ok(Math.abs(sitting.heardSeconds - 12) < 1e-6);
});

test("a device that slept with the sound stopped is paused when it wakes", async () => {
  const { sitting, run } = start();
  await run(5);
  await run(600, 0, 600);
  assert.equal(sitting.running, "paused");
  assert.equal(sitting.slept, true);
  assert.ok(Math.abs(sitting.position - 5) < 1e-6);
});

test("200 random sequences keep heard between nothing, what sounded or ran, and the length", async () => {
  let seed = 20261130;
  const chance = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  for (let sequence = 0; sequence < 200; sequence += 1) {
    const { sitting, run, act, audio } = start({ refuses: chance() < 0.1 ? "NotAllowedError" : "" });
    let before = 0;
    let most = 0;
    for (let step = 0; step < 60; step += 1) {
      const seconds = 0.2 + chance() * 3;
      if (sitting.running === "playing" && !sitting.easing) most += seconds + 0.2;
      await run(seconds, chance() < 0.2 ? 0 : 1);
      if (chance() < 0.05) audio.dispatchEvent(new Event("error"));
      const what = ["pause", "resume", "toggle", "back", "skip", "goTo", chance() < 0.1 ? "easeOut" : "resume"][Math.floor(chance() * 7)];
      if (chance() < 0.5) act(what, chance() * 60);
      const heard = sitting.heardSeconds;
      assert.ok(heard >= before - 1e-6 && heard <= 60 + 1e-6 && heard <= most + 1e-6, `${heard} of ${most}`);
      assert.ok(sitting.position >= 0 && sitting.position <= sitting.timeline.seconds);
      before = heard;
    }
  }
});

test("Ogg comes first but on Apple's browsers, and what is not played is not offered", () => {
  const file = { ogg: "a.ogg", mp4: "a.m4a" };
  assert.equal(addressOf(file, () => "probably", false), "a.ogg");
  assert.equal(addressOf(file, () => "maybe", true), "a.m4a");
  assert.equal(addressOf(file, (type) => (type.startsWith("audio/mp4") ? "probably" : ""), false), "a.m4a");
  assert.equal(addressOf(file, () => "", true), "");
});
