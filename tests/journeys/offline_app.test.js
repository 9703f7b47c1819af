// The app on the phone: installable, whole releases only, nothing of one person's for another, help and moments at one tap.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import { test } from "node:test";
import { finger, mouse } from "./hands.js";
import { DESK, House, PHONE, record, sleep, until } from "./house.js";
import { bringUpToDate, held } from "./phone.js";
import { button, heading, inState, inviteClient, joinToPractise, rate, settleIn, told } from "./steps.js";

test("it can be installed, and what stands on its icon opens without a network, at one tap", async (t) => {
  const house = await House.open();
  // A window without a profile of its own cannot install anything.
  const phone = await house.lastingDevice("phone", { clockRate: 60 });
  t.after(async () => {
    await phone.context.close().catch(() => {});
    await house.close();
  });
  const ben = phone.page;
  const amira = await house.device(DESK);
  await settleIn(house, amira, ben);
  await amira.goto("/clinic/help");
  await amira.getByLabel("Emergency number").fill("112");
  await button(amira, "Keep these").click();
  await bringUpToDate(ben);

  const devtools = await ben.context().newCDPSession(ben);
  const { data, errors } = await devtools.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  assert.deepEqual((await devtools.send("Page.getInstallabilityErrors")).installabilityErrors, []);
  const manifest = JSON.parse(data ?? "");
  assert.equal(manifest.start_url, "/today");
  for (const { src, sizes, type } of manifest.icons) {
    const answer = await ben.request.get(src);
    assert.ok(answer.ok() && answer.headers()["content-type"] === type, `${src} ${answer.status()}`);
    if (type !== "image/png") continue;
    const body = await answer.body();
    assert.equal(`${body.readUInt32BE(16)}x${body.readUInt32BE(20)}`, sizes);
  }

  await house.stop();
  assert.ok(manifest.shortcuts.length >= 3);
  for (const { url } of manifest.shortcuts) {
    await ben.goto(url);
    if (url === "/help") await heading(ben, /./);
    else await inState(ben, "playing", "done");
  }
  // From one of them nothing is asked afterwards, and the way on is help.
  await ben.goto(manifest.shortcuts[0].url);
  await inState(ben, "done");
  await ben.getByRole("link", { name: "Back to help" }).tap();
  await ben.getByRole("link", { name: "My safety plan" }).waitFor();
  assert.equal(await ben.locator("a[href='tel:112']").count(), 1, "numbers can be called");

  // The sound is here too, in parts, as players ask for it.
  const address = Object.values(await held(ben)).flat().find((url) => url.startsWith("/practices/soles-ground/sound?minutes=1&"));
  const sound = await ben.evaluate(async (url) => {
    const part = await fetch(url, { headers: { Range: "bytes=100-199" } });
    const audio = new Audio(url);
    audio.muted = true;
    await new Promise((resolve, reject) => Object.assign(audio, { oncanplaythrough: resolve, onerror: () => reject(new Error(audio.error?.message)) }));
    await new Promise((resolve) => Object.assign(audio, { onseeked: resolve, currentTime: 40 }));
    return { status: part.status, bytes: (await part.arrayBuffer()).byteLength, seconds: Math.round(audio.duration), at: audio.currentTime };
  }, address ?? "");
  assert.deepEqual(sound, { status: 206, bytes: 100, seconds: 60, at: 40 });

  // What is on the help page, and each hard moment with all its steps.
  for (const name of ["/me/safety-plan", "/practise/soles-ground?minutes=1&begin=yes&rate=no"]) {
    await ben.goto("/help");
    await ben.locator(`a[href="${name}"]`).first().tap();
    await ben.waitForURL(`**${name}`);
    assert.equal(await ben.getByText("This page needs a network").count(), 0, name);
  }
  await ben.goto("/moments");
  const moments = await ben.locator("ul.moments a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  for (const moment of moments) {
    await ben.goto(moment ?? "");
    assert.equal(await ben.getByText("This page needs a network").count(), 0, moment ?? "");
    for (const step of await ben.locator("ol.steps a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""))) {
      assert.ok((Object.values(await held(ben)).flat()).includes(step), step);
    }
  }

  await ben.goto("/progress");
  await heading(ben, "This page needs a network");
});

test("signing out leaves nothing of hers on the phone, and the next person sees only her own", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const amira = await house.device(DESK);
  const phone = await house.device(PHONE, { clockRate: 60 });
  await settleIn(house, amira, phone);
  await bringUpToDate(phone);
  const before = await held(phone);
  assert.ok(Object.values(before).flat().includes("/me/safety-plan"));

  await button(phone, "Sign out").tap();
  await phone.waitForURL(`${house.url}/`);
  assert.deepEqual(await held(phone), {});
  await sleep(2_000);
  assert.deepEqual(await held(phone), {}, "what was under way has written nothing");
  await house.stop();
  for (const path of ["/today", "/me/safety-plan", "/help", "/me/phone"]) {
    // Each in a window of its own: the browser asks again by itself for what could not be had, and where the house is back it goes wherever
    // it is led, in the midst of what is done next in that window.
    const asking = await phone.context().newPage();
    await assert.rejects(asking.goto(path), /ERR_/, path);
    await asking.close();
  }

  await house.start();
  await amira.goto("/caseload");
  const { link } = await inviteClient(amira, mouse, "Red lamp");
  await joinToPractise(phone, finger, link, { name: "Lea", signInName: "lea" });
  await bringUpToDate(phone);
  const kept = await phone.evaluate(async () => {
    const all = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) all.push((await cache.match(request))?.headers.get("Kith-Person"));
    }
    return [...new Set(all.filter(Boolean))];
  });
  assert.deepEqual(kept, [await phone.evaluate(() => document.documentElement.dataset.person)]);
});

test("signing out without a network is said not to be done, and what was kept is gone all the same", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const ben = await house.device(PHONE);
  await settleIn(house, await house.device(DESK), ben);
  await bringUpToDate(ben);
  await house.stop();
  await ben.goto("/today");
  await button(ben, "Sign out").tap();
  await heading(ben, "Not signed out yet");
  assert.deepEqual(await held(ben), {});
});

test("a screen in the clinic keeps help and moments, and nothing of anybody's", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const amira = await house.device({ ...DESK, hasTouch: true });
  await settleIn(house, amira, await house.device(PHONE));
  await bringUpToDate(amira);
  const paths = Object.entries(await held(amira)).filter(([name]) => name.startsWith("kith-pages")).flatMap(([, all]) => all);
  assert.ok(paths.includes("/help") && paths.includes("/moments"));
  for (const path of paths) assert.match(path, /^\/(help|offline|offline\/kept|me\/phone|moments(\/[a-z-]+)?|practise\/.+)$/);
  await house.stop();
  await amira.goto("/caseload");
  await heading(amira, "This page needs a network");
});

test("what is kept can be cleared, what waits to be sent stays, and nothing comes back unasked", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const ben = await house.device(PHONE, { clockRate: 60 });
  await settleIn(house, await house.device(DESK), ben);
  await bringUpToDate(ben);
  await house.stop();
  await ben.goto("/practise/soles-ground?minutes=1");
  await inState(ben, "ready");
  await button(ben, "Begin").tap();
  await rate(ben, finger, { effect: "The same", fit: 5, barrier: "Nothing got in the way" });
  await told(ben, "Kept on this phone.");
  await ben.goto("/me/phone");
  await button(ben, "Clear what is kept").tap();
  await ben.getByRole("dialog").getByText("1 record has not been sent yet. It stays on this phone until that is done.").waitFor();
  await button(ben, "Clear the rest").tap();
  await ben.getByText("Cleared. Nothing is fetched again until you ask for it here.").waitFor();
  assert.deepEqual(await held(ben), {});

  await house.start();
  await ben.goto("/today");
  await ben.locator("[data-outbox]", { hasText: "What was kept on this phone has arrived." }).waitFor();
  await sleep(1_500);
  assert.deepEqual(await held(ben), {});
  assert.equal((await record(ben)).sittings.length, 1);
  await bringUpToDate(ben);
  assert.ok(Object.keys(await held(ben)).length > 0);
});

test("what waits is sent when there is a network again, though no page is open", async (t) => {
  const house = await House.open();
  const phone = await house.lastingDevice("phone", { clockRate: 60 });
  t.after(async () => {
    await phone.context.close().catch(() => {});
    await house.close();
  });
  const ben = phone.page;
  await settleIn(house, await house.device(DESK), ben);
  await bringUpToDate(ben);
  await house.stop();
  await ben.goto("/practise/soles-ground?minutes=1");
  await inState(ben, "ready");
  await button(ben, "Begin").tap();
  await rate(ben, finger, { effect: "The same", fit: 6, barrier: "Nothing got in the way" });
  await told(ben, "Kept on this phone.");

  const elsewhere = await phone.context.newPage();
  await elsewhere.goto("about:blank");
  const devtools = await phone.context.newCDPSession(elsewhere);
  /** @type {string} */ let registration = "";
  devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => void (registration = registrations.at(-1)?.registrationId ?? registration));
  await devtools.send("ServiceWorker.enable");
  await ben.close();
  await house.start();
  await until("the browser has told of the service worker", () => registration);
  await devtools.send("ServiceWorker.dispatchSyncEvent", { origin: house.url, registrationId: registration, tag: "kith-outbox", lastChance: false });
  const sittings = await until("the sitting has arrived", async () => {
    const { sittings } = await (await phone.context.request.get(`${house.url}/me/record.json`)).json();
    return sittings.length > 0 && sittings;
  });
  assert.deepEqual(sittings.map((/** @type {any} */ one) => one.fit), [6]);
});

test("a new release never meets an old page, on this phone or in an open window", async (t) => {
  const house = await House.open();
  const front = await Front.before(house);
  t.after(async () => {
    await front.close();
    await house.close();
  });
  const ben = await house.device(PHONE, { clockRate: 60 });
  await settleIn(house, await house.device(DESK), ben);
  const context = ben.context();
  const cookies = await context.cookies();
  await context.addCookies(cookies.map((cookie) => ({ ...cookie, domain: "localhost" })));
  await ben.goto(`${front.url}/me/phone`);
  const keep = async (/** @type {import("playwright-core").Page} */ page) => {
    await page.goto(`${front.url}/me/phone`);
    await button(page, /^(Keep it on this phone|Bring it up to date)$/).tap();
    await page.locator("[data-phone] [data-state]", { hasText: "Everything is on this phone." }).waitFor();
  };
  await keep(ben);
  assert.deepEqual(await releases(ben), ["one"]);

  // A window that stays open, while the house is renewed.
  const open = await context.newPage();
  await open.goto(`${front.url}/practise/soles-ground?minutes=1`);
  await inState(open, "ready");
  front.release = "two";
  await keep(ben);
  assert.deepEqual(await releases(ben), ["two"]);

  // What the old page still asks for comes from its own release: another module, a style.
  const late = await open.evaluate(async () => {
    const own = /** @type {HTMLScriptElement} */ (document.querySelector("script[src*='/js/player/play.js']")).src;
    await import(own.replace("player/play.js", "offline/keep.js"));
    return [.../** @type {any} */ (window).kithReleases];
  });
  assert.deepEqual(late, ["one"]);
  await button(open, "Begin").tap();
  await rate(open, finger, { effect: "The same", fit: 4, barrier: "Nothing got in the way" });
  await told(open, "Arrived.");

  // A list that was begun before the release and could not be finished is no list.
  front.release = "three";
  front.fails = /\/static\/.+\/js\/measures\//;
  await ben.goto(`${front.url}/me/phone`);
  await button(ben, "Bring it up to date").tap();
  await ben.getByText("It could not all be fetched just now. What was here before stays.").waitFor();
  await front.close();
  for (const path of ["/today", "/help", "/practise/soles-ground?minutes=1"]) {
    await ben.goto(front.url + path);
    await ben.locator("[data-outbox]").waitFor({ state: "attached" });
    assert.deepEqual(await releases(ben), ["two"], path);
  }
});

test("the client's first screen is light, and what is kept comes after it", async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const ben = await house.device(PHONE);
  await settleIn(house, await house.device(DESK), ben);
  const cookies = await ben.context().cookies();
  const fresh = await house.device(PHONE);
  await fresh.context().addCookies(cookies);
  const devtools = await fresh.context().newCDPSession(fresh);
  await devtools.send("Network.enable");
  let bytes = 0;
  devtools.on("Network.loadingFinished", ({ encodedDataLength }) => void (bytes += encodedDataLength));
  await fresh.goto("/today", { waitUntil: "networkidle" });
  assert.ok(bytes > 10_000 && bytes < 60_000, `${bytes} bytes`);
});

/** Which releases the scripts of a page are of. @param {import("playwright-core").Page} page @returns {Promise<string[]>} */
const releases = (page) => page.evaluate(() => [.../** @type {any} */ (window).kithReleases].sort());

/** A house behind a proxy that gives its scripts and styles another name at each release, and marks every script with it. */
class Front {
  release = "one";
  /** @type {RegExp|null} */ fails = null;

  /** @param {House} house */
  static async before(house) {
    const front = new Front();
    front.house = house;
    front.server = createServer((incoming, outgoing) => void front.#pass(incoming, outgoing));
    front.server.listen(0, "127.0.0.1");
    await once(front.server, "listening");
    front.url = `http://localhost:${/** @type {import("node:net").AddressInfo} */ (front.server.address()).port}`;
    return front;
  }

  async close() {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  /** @param {import("node:http").IncomingMessage} incoming @param {import("node:http").ServerResponse} outgoing */
  #pass(incoming, outgoing) {
    const path = incoming.url ?? "/";
    // A house that is renewed answers what it was asked before as the release it was then: it never puts two into one answer.
    const { release } = this;
    const [, asked] = /^\/static\/([^/]+)\//.exec(path) ?? [];
    const real = asked?.endsWith(release) ? path.replace(asked, asked.slice(0, -release.length)) : path;
    if (this.fails?.test(path)) return void outgoing.writeHead(500).end();
    if (asked && real === path) return void outgoing.writeHead(404).end();
    const { "accept-encoding": _, ...headers } = incoming.headers;
    const through = ask({ host: "127.0.0.1", port: this.house?.port, path: real, method: incoming.method, headers }, async (answer) => {
      const chunks = [];
      for await (const chunk of answer) chunks.push(chunk);
      let body = Buffer.concat(chunks);
      const kind = answer.headers["content-type"] ?? "";
      const said = { ...answer.headers };
      if (/html|javascript|json/.test(kind)) {
        let text = body.toString().replace(/(\/static\/[0-9a-f]{12})(?=\/)/g, `$1${release}`).replace(/("release":"[0-9a-f]{12})/, `$1${release}`);
        text = text.replace(/("version":"[0-9a-f]+)/, `$1${release}`);
        if (asked && kind.includes("javascript")) text = `(globalThis.kithReleases ??= new Set()).add("${release}");\n${text}`;
        body = Buffer.from(text);
        if (said["kith-release"]) said["kith-release"] += release;
      }
      delete said["transfer-encoding"];
      outgoing.writeHead(answer.statusCode ?? 500, { ...said, "content-length": String(body.length) }).end(body);
    });
    through.on("error", () => outgoing.destroy());
    incoming.pipe(through);
  }
}
