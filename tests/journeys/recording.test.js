// A practitioner reads a practice in her own voice, hears it, offers it; her client hears her; she takes it back.
// The microphone is Chromium's own: it plays a file that this test writes.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { mouse } from "./hands.js";
import { DESK, House, PHONE, record, sleep } from "./house.js";
import { button, heading, settleIn } from "./steps.js";

/** @typedef {import("playwright-core").Page} Page */

const run = promisify(execFile);
const RATE = 48_000;
/** For so long she reads a line, or a little longer on a busy machine. */
const SAID_MS = 1_400;

/** Something like a voice, with a breath between two sentences, as a WAV file. */
function speech() {
  const seconds = 2.4;
  const samples = new Int16Array(seconds * RATE);
  for (let index = 0; index < samples.length; index += 1) {
    const at = index / RATE;
    const swell = at > 2 ? 0 : 0.25 + 0.75 * Math.abs(Math.cos(at * 13));
    let tones = 0;
    for (let tone = 1; tone < 12; tone += 1) tones += Math.sin(2 * Math.PI * (140 + 12 * Math.sin(at * 3)) * tone * at) / tone;
    samples[index] = 4_500 * swell * tones + 20 * (Math.random() - 0.5);
  }
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write("WAVEfmt ", 8);
  for (const [place, size, value] of [[16, 4, 16], [20, 2, 1], [22, 2, 1], [24, 4, RATE], [28, 4, RATE * 2], [32, 2, 2], [34, 2, 16], [40, 4, samples.byteLength]]) {
    head.writeUIntLE(value, place, size);
  }
  head.write("data", 36);
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}

/**
 * Says the line on the screen. @param {Page} page @param {() => Promise<void>} press what begins a recording and what ends it
 * @returns {Promise<number>} how many seconds it took at most
 */
async function say(page, press) {
  const begun = performance.now();
  await press();
  await page.locator("[data-phase=recording]").waitFor();
  await sleep(SAID_MS);
  await press();
  const told = page.locator("[data-phase=rest] .studio-told", { hasText: /^Kept, / });
  await told.waitFor();
  const most = (performance.now() - begun) / 1_000;
  const [, seconds] = /^Kept, 0:(\d\d)\./.exec(await told.innerText()) ?? [];
  assert.ok(Number(seconds) >= 1 && Number(seconds) <= Math.ceil(most), `${seconds} seconds are kept of ${most}`);
  return most;
}

/** What the player will play to whoever is signed in. @param {Page} page @param {number} minutes */
async function composition(page, minutes) {
  const answer = await page.request.get(`/practices/soles-ground/composition?minutes=${minutes}`, { headers: { accept: "application/json" } });
  assert.equal(answer.status(), 200);
  return answer.json();
}

/** A sound file as samples at 48 kHz, as FFmpeg plays it. @param {string} file @returns {Promise<Int16Array>} */
async function samplesOf(file) {
  const { stdout } = await run("ffmpeg", ["-v", "error", "-i", file, "-f", "s16le", "-ac", "1", "-ar", String(RATE), "-"], { encoding: "buffer", maxBuffer: 1 << 28 });
  return new Int16Array(stdout.buffer, stdout.byteOffset, stdout.byteLength >> 1);
}

/** The loudest sample between two moments. @param {Int16Array} samples @param {number} from @param {number} to seconds */
const loudest = (samples, from, to) => samples.subarray(Math.round(from * RATE), Math.round(to * RATE)).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

test("a practice is read, heard, offered, heard by the client, and taken back", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const voice = join(house.data, "speech.wav");
  await writeFile(voice, speech());
  house.browserArguments = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-audio-capture=${voice}`, "--autoplay-policy=no-user-gesture-required"];
  const amira = await house.device(DESK);
  const ben = await house.device(PHONE);
  await settleIn(house, amira, ben);

  await amira.goto("/practices/soles-ground");
  await amira.getByRole("link", { name: "Read it in your own voice, for people to hear" }).click();
  await heading(amira, "Your own voice");
  await mouse.press(button(amira, "Begin"));
  await heading(amira, "Feet on the floor");
  const lines = amira.locator("[data-line]");
  const count = await lines.count();
  assert.ok(count > 10);
  assert.ok(await amira.locator("#offer form").isHidden(), "nothing to offer yet");

  // Half of it, by keys; then she is called away.
  await amira.locator(".studio-line").focus();
  const half = Math.floor(count / 2);
  const byKey = () => amira.keyboard.press("Space");
  let longest = 0;
  for (let index = 0; index < half; index += 1) {
    assert.equal(await amira.locator(".studio-line").innerText(), await lines.nth(index).locator("p").first().innerText());
    longest = Math.max(longest, await say(amira, byKey));
    if (index === 0) {
      const heard = amira.waitForResponse((answer) => answer.url().includes("/takes/") && answer.request().method() === "GET");
      await amira.keyboard.press("h");
      assert.match((await heard).headers()["content-type"], /^audio\/mp4/);
      // Once more: it was not well said.
      longest = Math.max(longest, await say(amira, byKey));
    }
    await amira.keyboard.press("Enter");
  }
  await amira.reload();
  await amira.getByText(`${half} of ${count} lines read`, { exact: true }).waitFor();
  assert.equal(await amira.locator(".studio-line").innerText(), await lines.nth(half).locator("p").first().innerText());

  // The rest with the mouse.
  for (let index = half; index < count; index += 1) {
    longest = Math.max(longest, await say(amira, () => button(amira, /^(Record|Stop)$/).click()));
    if (index + 1 < count) await button(amira, "Next").click();
  }
  await amira.getByText(`All ${count} lines are read`, { exact: true }).waitFor();
  const before = await composition(ben, 3);
  assert.equal(before.sound.voice, "none", "nobody hears it before it is offered");

  await amira.getByRole("link", { name: "Hear all of it, and offer it" }).click();
  const seconds = await amira.locator("#offer audio").evaluate(async (/** @type {HTMLAudioElement} */ audio) => {
    audio.muted = true;
    await audio.play();
    audio.pause();
    return audio.duration;
  });
  assert.ok(Math.abs(seconds - 300) < 0.1, `five minutes of it: ${seconds}`);
  await button(amira, "Offer it").click();
  await amira.getByText("In use: heard by your caseload.").waitFor();

  // Ben hears her: as long as was asked, a voice where a cue is, quiet before it.
  const { sound, cues } = await composition(ben, 3);
  assert.equal(sound.label, "Amira’s voice");
  assert.equal(sound.synthetic, false);
  assert.equal(sound.spoken, sound.cues);
  await ben.goto("/practise/soles-ground?minutes=3");
  await ben.getByText("Amira’s voice", { exact: true }).waitFor();
  for (const kind of ["ogg", "mp4"]) {
    const answer = await ben.request.get(sound[kind]);
    assert.equal(answer.status(), 200);
    const file = join(house.data, `heard.${kind}`);
    await writeFile(file, await answer.body());
    const { stdout } = await run("ffprobe", ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file]);
    assert.ok(Math.abs(Number(stdout) - 180) < 0.05, `${kind}: ${stdout}`);
    const samples = await samplesOf(file);
    for (const cue of cues.filter((/** @type {any} */ cue) => cue.kind === "speech")) {
      assert.ok(cue.seconds > 0.9 && cue.seconds < longest, `as long as it was said: ${cue.seconds}`);
      assert.ok(loudest(samples, cue.at, cue.at + cue.seconds) > 3_000, `she is heard at ${cue.at}`);
      assert.ok(loudest(samples, cue.at - 0.3, cue.at - 0.03) < 200, `it is quiet before ${cue.at}`);
    }
  }

  await amira.locator("summary", { hasText: "Remove this recording" }).click();
  await button(amira, "Remove it").click();
  await amira.waitForURL("**/recordings");
  assert.equal(await amira.locator("ul.cards").count(), 0);
  const after = await composition(ben, 3);
  assert.equal(after.sound.voice, "none");
  assert.equal((await ben.request.get(sound.mp4)).status(), 422);
  assert.deepEqual((await record(amira)).recordings.own, []);
});

test("whoever has no microphone is told what to do, and may come back", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const amira = await house.device(DESK);
  const ben = await house.device(PHONE);
  await settleIn(house, amira, ben);
  await amira.goto("/recordings?practice=soles-ground");
  await button(amira, "Begin").click();
  await button(amira, "Record").click();
  await amira.locator(".studio-told", { hasText: /may not use the microphone|No microphone was found/ }).waitFor();
  assert.ok(await button(amira, "Record").isEnabled());
});
