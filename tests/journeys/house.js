// A Kith of its own for each journey: the real binary, a free port, data that is thrown away, and a real browser.
import { execFile, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const run = promisify(execFile);
const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const KITH = resolve(process.env.KITH_BIN ?? join(REPOSITORY, "target/debug/kith"));
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** The PostgreSQL to make databases in; without it the journeys run on SQLite. */
const POSTGRES = process.env.KITH_TEST_DATABASE;
const START_MS = 120_000;
const STOP_MS = 60_000;
/** How long a page may take to show what is waited for, on a machine that has other things to do: whoever need not wait does not. */
export const PATIENCE_MS = 60_000;

export const BROWSER = {
  executablePath: CHROMIUM,
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
};
const PLACE = { locale: "en-GB", timezoneId: "Europe/Madrid", reducedMotion: /** @type {const} */ ("reduce") };
export const PHONE = { ...PLACE, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
export const DESK = { ...PLACE, viewport: { width: 1280, height: 800 } };

/** What the developer set for herself must not reach the house under test. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("KITH_")));

let databases = 0;

export class House {
  /** @type {import("node:child_process").ChildProcess|null} */ #process = null;
  /** @type {import("playwright-core").Browser|null} */ #browser = null;
  #log = "";

  /** What its browser is told besides the usual, before the first device. @type {string[]} */
  browserArguments = [];

  /** @param {"serve"|"demo"} command @param {string} data @param {number} port @param {string|null} database */
  constructor(command, data, port, database) {
    this.command = command;
    this.data = data;
    this.port = port;
    this.database = database;
    this.url = `http://localhost:${port}`;
  }

  /** An empty house, or with "demo" a furnished one, that answers. @param {"serve"|"demo"} [command] */
  static async open(command = "serve") {
    const data = await mkdtemp(join(tmpdir(), "kith-journey-"));
    const house = new House(command, data, await freePort(), POSTGRES ? await makeDatabase(POSTGRES) : null);
    await house.start();
    return house;
  }

  get #options() {
    const database = this.database ? ["--database", this.database] : [];
    return ["--data", join(this.data, "house"), "--listen", `127.0.0.1:${this.port}`, ...database];
  }

  /** Starts it, on the port and the data it had before. @param {{daysAhead?: number}} [wishes] `daysAhead`: how many days have gone by */
  async start({ daysAhead = 0 } = {}) {
    const env = daysAhead ? { ...environment, KITH_TEST_DAYS_AHEAD: String(daysAhead) } : environment;
    const started = spawn(KITH, [this.command, ...this.#options], { cwd: REPOSITORY, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = started;
    const keep = (/** @type {Buffer} */ said) => void (this.#log += said);
    started.stdout.on("data", keep);
    started.stderr.on("data", keep);
    started.on("error", (error) => void (this.#log += `${KITH}: ${error.message}\n`));
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline && started.exitCode === null && started.pid) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/health`).catch(() => null);
      if (answer?.ok) return;
      await sleep(50);
    }
    throw new Error(`Kith did not start:\n${this.#log}`);
  }

  /** Offline means this: nobody answers any more. @param {NodeJS.Signals} [signal] */
  async stop(signal = "SIGTERM") {
    const stopped = this.#process;
    this.#process = null;
    if (!stopped || stopped.exitCode !== null || stopped.signalCode !== null) return;
    const gone = once(stopped, "exit");
    stopped.kill(signal);
    const late = setTimeout(() => stopped.kill("SIGKILL"), STOP_MS);
    await gone;
    clearTimeout(late);
  }

  /** As when the power fails. */
  kill() {
    return this.stop("SIGKILL");
  }

  /** What a command says about this house. @param {...string} words */
  async kith(...words) {
    const { stdout } = await run(KITH, [...words, ...this.#options], { cwd: REPOSITORY, env: environment });
    return JSON.parse(stdout);
  }

  /** @param {string} name @param {...string} roles @returns {Promise<{clinic: string, link: string, code: string}>} */
  async invite(name, ...roles) {
    const asked = ["invite", "--json", "--name", name, "--clinic", "Lindenhof", ...roles.flatMap((role) => ["--role", role])];
    const { stdout } = await run(KITH, [...asked, ...this.#options], { cwd: REPOSITORY, env: environment });
    return JSON.parse(stdout);
  }

  /** A voice that says all of these practices, in a tone of so many seconds for each cue. @param {number} seconds @param {...string} practices */
  async giveVoice(seconds, ...practices) {
    const tone = join(this.data, "tone.wav");
    await writeFile(tone, wav(seconds));
    const asked = ["voice", "render", "--voice", "tone", "--command", `cp '${tone}' {out}`, ...practices.flatMap((practice) => ["--practice", practice])];
    await run(KITH, [...asked, "--data", join(this.data, "house")], { cwd: REPOSITORY, env: environment });
  }

  /**
   * A page in a browser of its own: other cookies, other storage.
   * @param {typeof PHONE|typeof DESK} device
   * @param {{clockRate?: number}} [wishes] `clockRate`: how many times faster the player's time runs
   */
  async device(device, { clockRate } = {}) {
    this.#browser ??= await chromium.launch({ ...BROWSER, args: [...BROWSER.args, ...this.browserArguments] });
    const context = await this.#browser.newContext({ ...device, baseURL: this.url });
    await settle(context, clockRate);
    return context.newPage();
  }

  /**
   * A page of a browser whose profile stays on the disk, so that the browser can be killed and come back.
   * @param {string} profile a name for it
   * @param {{clockRate?: number}} [wishes]
   */
  async lastingDevice(profile, { clockRate } = {}) {
    const folder = join(this.data, profile);
    const context = await chromium.launchPersistentContext(folder, { ...BROWSER, ...PHONE, baseURL: this.url });
    await settle(context, clockRate);
    const page = context.pages()[0] ?? (await context.newPage());
    return { page, context, folder };
  }

  /** Everything goes: browser, server, data. */
  async close() {
    await this.#browser?.close();
    await this.stop();
    await rm(this.data, { recursive: true, force: true, maxRetries: 5 });
    if (this.database) await psql(/** @type {string} */ (POSTGRES), `drop database "${nameOf(this.database)}" with (force)`);
  }
}

/** @param {import("playwright-core").BrowserContext} context @param {number} [clockRate] */
async function settle(context, clockRate) {
  context.setDefaultTimeout(PATIENCE_MS);
  if (clockRate) await context.addInitScript((rate) => void (/** @type {any} */ (window).kithClockRate = rate), clockRate);
}

/** Everything the house holds about whoever is signed in on this page. @param {import("playwright-core").Page} page */
export async function record(page) {
  const answer = await page.request.get("/me/record.json");
  if (!answer.ok()) throw new Error(`/me/record.json: ${answer.status()}`);
  return answer.json();
}

/** A tone, as a voice program would write what it says: 24,000 samples a second of two bytes. @param {number} seconds */
function wav(seconds) {
  const samples = Int16Array.from({ length: seconds * 24_000 }, (_, at) => 9_000 * Math.sin(at * 0.06));
  const head = Buffer.alloc(44);
  head.write("RIFF");
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  for (const [at, number] of [[20, 1], [22, 1], [32, 2], [34, 16]]) head.writeUInt16LE(number, at);
  for (const [at, number] of [[24, 24_000], [28, 48_000], [40, samples.byteLength]]) head.writeUInt32LE(number, at);
  head.write("data", 36);
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}

/**
 * Waits until something is so that no page shows. @template T
 * @param {string} what it is, for the message when it does not come to be @param {() => Promise<T>|T} look @returns {Promise<T>} what was found
 */
export async function until(what, look) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${PATIENCE_MS / 1000} s in vain: ${what}`);
    await sleep(50);
  }
}

/** @param {number} ms @returns {Promise<void>} */
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * A port that is free, and stays so while its house is stopped: none of those that systems give to whoever connects somewhere, which any
 * browser beside this one may be given meanwhile. At random, because several journeys look for one at the same time.
 * @returns {Promise<number>}
 */
async function freePort() {
  for (;;) {
    const port = randomInt(11_000, 32_000);
    const server = createServer().listen(port, "127.0.0.1");
    if (!(await once(server, "listening").catch(() => null))) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}

/** @param {string} url */
const nameOf = (url) => new URL(url).pathname.slice(1);

/** @param {string} url */
async function makeDatabase(url) {
  databases += 1;
  const made = new URL(url);
  made.pathname = `/kith_journey_${process.pid}_${databases}`;
  await psql(url, `create database "${nameOf(made.href)}"`);
  return made.href;
}

/** @param {string} url @param {string} statement */
const psql = (url, statement) => run("psql", ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", url, "--command", statement]);
