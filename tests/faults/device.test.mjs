// Faults that occur in the browser, each by its number.
import test from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { hub, device, open, ready, ask, write, received, offlineReady, stored, portal, folder, filesBelow, SITE } from "../hub/hub.mjs";

const MARKER = "zebrafish-umbrella-9931";

test("what was called kept is there after the browser was closed", async () => {
  const server = await hub();
  let { context, page, profile } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await server.stop();
  const reference = await ask(page, "closed", { base: server.url });
  await context.close().catch(() => {});
  ({ context, page } = await device({ profile }));
  await open(page, `${server.url}/messages`);
  await page.getByRole("link", { name: reference }).waitFor();
  await context.close();
});

test("fault_03 a full device is told so, the words stay on the screen, nothing is called kept; fault_05 room is made, and it goes on", async () => {
  const server = await hub();
  let { context, page, profile } = await device();
  await open(page, server.url);
  await offlineReady(page);
  const { usage } = await page.evaluate(() => navigator.storage.estimate());
  await context.close();
  // A browser caches its free storage for a while, so the quota is lowered before it looks.
  ({ context, page } = await device({ profile }));
  const session = await context.newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", { origin: server.url, quotaSize: Math.floor(usage / 2) });
  await write(page, MARKER, { base: server.url });
  await page.getByRole("button", { name: "Send question" }).click();
  await page.getByRole("heading", { name: "We couldn’t save this" }).waitFor();
  await page.getByText("Not saved: this device is full.").waitFor();
  assert.ok(await page.getByText(MARKER).isVisible());
  assert.equal((await stored(page)).heads.length, 0);
  await session.send("Storage.overrideQuotaForOrigin", { origin: server.url });
  await page.getByRole("button", { name: "Send question" }).click();
  await page.getByRole("heading", { name: "Your question is saved" }).waitFor();
  await context.close();
  await server.stop();
});

test("fault_04 a full device that cannot write a receipt down loses nothing; room that was set aside is given back for it", async () => {
  const server = await hub();
  let { context, page, profile } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await page.waitForFunction(async () => (await (await caches.open("reserve")).match("/reserve")) !== undefined);
  const fill = async (room) => {
    const { usage } = await page.evaluate(() => navigator.storage.estimate());
    await context.close();
    ({ context, page } = await device({ profile }));
    const session = await context.newCDPSession(page);
    await session.send("Storage.overrideQuotaForOrigin", { origin: server.url, quotaSize: room(usage) });
    return session;
  };
  const waiting = () => page.getByText("Waiting to be sent").first();
  const asked = async (words) => {
    await server.stop();
    await ask(page, words, { base: server.url });
  };

  // With storage reserved.
  await asked("first");
  await fill((usage) => usage - 256 * 1024);
  await server.start();
  await open(page, `${server.url}/messages`);
  await page.locator(".message-card", { hasText: "Received" }).waitFor({ timeout: 20_000 });
  assert.equal(await page.evaluate(async () => (await (await caches.open("reserve")).match("/reserve")) !== undefined), false, "the room was given back");
  assert.equal(server.rows("inquiries").length, 1);

  // Without a reserve, the submission waits, is sent again, remains one row, and is marked received
  // once there is storage.
  await context.close();
  ({ context, page } = await device({ profile }));
  await open(page, server.url);
  await asked("second");
  await page.evaluate(() => caches.delete("reserve"));
  const session = await fill((usage) => Math.floor(usage / 2));
  await server.start();
  await open(page, `${server.url}/messages`);
  await server.received("inquiries", 2);
  await page.waitForTimeout(5_000);
  assert.ok(await waiting().isVisible(), "what could not be written down is not said");
  await session.send("Storage.overrideQuotaForOrigin", { origin: server.url });
  // On a slow machine it may have been sent automatically by now.
  await page.getByRole("button", { name: "Send now" }).click({ timeout: 3_000 }).catch(() => {});
  await page.waitForFunction(() => !document.body.innerText.includes("Waiting to be sent"), null, { timeout: 20_000 });
  assert.equal(server.rows("inquiries").length, 2);
  await context.close();
  await server.stop();
});

test("fault_07 a store that does not open is set aside, a new one is used, the person is told, and what it held comes back when it opens again", async () => {
  const server = await hub();
  let { context, page, profile } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await server.stop();
  const before = await ask(page, "before", { base: server.url });
  await context.close();
  ({ context, page } = await device({ profile }));
  await context.addInitScript(() => {
    const real = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (name, version) {
      // The error that Chromium reports for files that it cannot read.
      if (name === "community-hub") throw new DOMException("Internal error opening backing store for indexedDB.open.", "UnknownError");
      return real.call(this, name, version);
    };
  });
  await open(page, `${server.url}/messages`);
  await page.getByText("We can’t open your saved messages.").waitFor();
  await page.getByRole("heading", { name: "1 unsent message may be lost" }).waitFor();
  // The new store does not hold the municipality's keys yet.
  await server.start();
  await open(page, server.url);
  await page.waitForFunction(async () => (await indexedDB.databases()).some(({ name }) => name === "community-hub-2"));
  const since = await ask(page, "since", { base: server.url });
  await received(page);
  await context.close();
  ({ context, page } = await device({ profile }));
  await open(page, `${server.url}/messages`);
  for (const reference of [before, since]) await page.getByRole("link", { name: reference }).waitFor();
  assert.equal(await page.getByText("can’t open your saved messages").count(), 0);
  await server.received("inquiries", 2);
  await context.close();
  await server.stop();
});

test("fault_09 when the store was cleared, the next start says how many entries are believed lost, until somebody has read it", async () => {
  const server = await hub();
  let { context, page, profile } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await server.stop();
  await ask(page, "one", { base: server.url });
  await ask(page, "two", { base: server.url });
  await context.close();
  ({ context, page } = await device({ profile }));
  await open(page, `${server.url}/messages`);
  assert.equal(await page.getByText("may be lost").count(), 0);
  await context.close();
  for (const dir of filesBelow(profile).map((file) => path.dirname(file)).filter((dir) => /IndexedDB.*leveldb$/.test(dir))) fs.rmSync(dir, { recursive: true, force: true });
  ({ context, page } = await device({ profile }));
  await open(page, `${server.url}/messages`);
  await page.getByRole("heading", { name: "2 unsent messages may be lost" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Got it" }).click();
  await page.getByText("may be lost").waitFor({ state: "detached" });
  await page.reload();
  await ready(page);
  await page.getByRole("heading", { name: "This device" }).waitFor();
  assert.equal(await page.getByText("may be lost").count(), 0);
  await context.close();
});

test("fault_11 and fault_12 no words of a person are left in any file of the profile, nor in addresses or storage", async () => {
  const server = await hub();
  const { context, page, profile } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await server.stop();
  await ask(page, `${MARKER} offline`, { base: server.url });
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.state]));
  assert.ok(!kept.includes(MARKER));
  await server.start();
  await open(page, `${server.url}/messages`);
  await page.getByText("Received").first().waitFor();
  await context.close();
  const found = filesBelow(profile).filter((file) => {
    const bytes = fs.readFileSync(file);
    return bytes.includes(MARKER) || bytes.includes(Buffer.from(MARKER, "utf16le"));
  });
  assert.deepEqual(found, []);
  assert.equal(server.rows("inquiries").length, 1);
  await server.stop();
});

test("what is typed is offered after a reload and after a crash, is no word in any file, and is gone once it is sent or the tab is closed", async () => {
  const server = await hub();
  const { context, page, profile } = await device();
  const kept = () => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("draft-")).length);
  const wait = () => page.waitForFunction(() => Object.keys(localStorage).some((name) => name.startsWith("draft-")));
  page.on("dialog", (dialog) => dialog.accept());
  await open(page, `${server.url}/ask`);
  const field = page.getByLabel("Your question");
  await field.fill(MARKER);
  await wait();
  await page.reload();
  await ready(page);
  assert.equal(await field.inputValue(), "", "nothing is filled in before the person says so");
  await page.getByRole("button", { name: "Continue what you wrote" }).click();
  assert.equal(await field.inputValue(), MARKER);
  const found = filesBelow(profile).filter((file) => {
    const bytes = fs.readFileSync(file);
    return bytes.includes(MARKER) || bytes.includes(Buffer.from(MARKER, "utf16le"));
  });
  assert.deepEqual(found, []);
  await page.getByLabel("No reply needed").check();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByRole("button", { name: "Send question" }).click();
  await page.getByRole("heading", { name: "Your question is saved" }).waitFor();
  assert.equal(await kept(), 0, "what was sent is stored sealed alone");

  // A comment of the survey, in the midst of it.
  await open(page, `${server.url}/feedback/remarks`);
  await page.getByLabel("Your answer").fill(`${MARKER} survey`);
  await wait();
  await page.reload();
  await ready(page);
  await page.getByRole("button", { name: "Continue what you wrote" }).click();
  assert.equal(await page.getByLabel("Your answer").inputValue(), `${MARKER} survey`);
  await page.reload();
  await page.getByRole("button", { name: "Delete it" }).click();
  await page.waitForFunction(() => !Object.keys(localStorage).some((name) => name.startsWith("draft-")));

  // Another tab has another key; a day later the record goes.
  await open(page, `${server.url}/ask`);
  await field.fill(MARKER);
  await wait();
  const other = await context.newPage();
  await open(other, `${server.url}/ask`);
  assert.equal(await other.getByRole("button", { name: "Continue what you wrote" }).count(), 0);
  await other.evaluate(() => {
    for (const name of Object.keys(localStorage)) if (name.startsWith("draft-")) localStorage[name] = localStorage[name].replace(/^\d+/, Date.now() - 24 * 3_600_000);
  });
  await other.reload();
  await ready(other);
  assert.equal(await kept(), 0);
  await context.close();
  await server.stop();
});

test("an emptied and a damaged cache refill while there is a network", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await offlineReady(page);
  const count = () => page.evaluate(async () => (await (await caches.open((await caches.keys()).find((name) => name.startsWith("app-")))).keys()).length);
  const before = await count();
  const name = await page.evaluate(async () => {
    const name = (await caches.keys()).find((name) => name.startsWith("app-"));
    await caches.delete(name);
    return name;
  });
  await page.reload();
  await ready(page);
  await page.waitForFunction(async ([name, before]) => (await (await caches.open(name)).keys()).length === before, [name, before]);
  await page.evaluate(async (name) => (await caches.open(name)).put("/icons.svg", new Response("damaged")), name);
  // The worker compares once per start.
  const session = await context.newCDPSession(page);
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.stopAllWorkers");
  await page.reload();
  await page.waitForFunction(async (name) => (await (await (await caches.open(name)).match("/icons.svg")).text()) !== "damaged", name);
  await server.stop();
  await open(page, `${server.url}/hubs`);
  await context.close();
});

test("fault_13 two tabs keep and deliver at once: both entries, one row each", async () => {
  const server = await hub();
  const { context, page } = await device();
  const other = await context.newPage();
  await Promise.all([open(page, server.url), open(other, server.url)]);
  await offlineReady(page);
  await Promise.all([ask(page, "from one tab", { base: server.url }), ask(other, "from the other tab", { base: server.url })]);
  await Promise.all([received(page), received(other)]);
  assert.deepEqual(server.rows("inquiries").map((row) => row.content.inquiry.message).sort(), ["from one tab", "from the other tab"]);
  await context.close();
  await server.stop();
});

test("fault_13 with the lock taken away, two tabs still make one row each", async () => {
  const server = await hub();
  const { context, page } = await device();
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "locks", { value: undefined }));
  const other = await context.newPage();
  await Promise.all([open(page, server.url), open(other, server.url)]);
  await offlineReady(page);
  await Promise.all([ask(page, "one", { base: server.url }), ask(other, "two", { base: server.url })]);
  await Promise.all([received(page), received(other)]);
  assert.equal(server.rows("inquiries").length, 2);
  await context.close();
  await server.stop();
});

/** A copy of the site with another version of the app, damaged by `spoil` after it was listed. */
function newerSite(spoil = () => {}) {
  const site = path.join(folder("site"), "site");
  fs.cpSync(SITE, site, { recursive: true });
  const worker = path.join(site, "sw.js");
  const text = fs.readFileSync(worker, "utf8").replace(/"app-[0-9a-f]+"/, '"app-00000000000000aa"');
  fs.writeFileSync(worker, text);
  for (const ending of [".br", ".gz"]) fs.rmSync(worker + ending, { force: true });
  const listing = JSON.parse(fs.readFileSync(path.join(site, "site.json")));
  const row = listing.files.find((file) => file.path === "/sw.js");
  Object.assign(row, { br: null, gz: null, bytes: Buffer.byteLength(text), sha256: "x".repeat(64) });
  spoil(site, listing);
  fs.writeFileSync(path.join(site, "site.json"), JSON.stringify(listing));
  return site;
}

async function startOn(server, site) {
  await server.stop();
  server.site = site;
  await server.start();
}

test("fault_19 one wrong byte in a new version: it is not installed, and the old one works offline", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await offlineReady(page);
  const copies = () => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("app-")));
  const before = await copies();
  const site = newerSite((site, listing) => {
    const page = path.join(site, "index.html");
    fs.writeFileSync(page, fs.readFileSync(page, "utf8").replace("911", "912"));
    for (const ending of [".br", ".gz"]) fs.rmSync(page + ending, { force: true });
    Object.assign(listing.files.find((file) => file.path === "/index.html"), { br: null, gz: null, sha256: "y".repeat(64) });
  });
  await startOn(server, site);
  const failed = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration.update().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    return registration.waiting === null;
  });
  assert.ok(failed, "the broken version does not wait to take over");
  assert.deepEqual(await copies(), before, "nothing of it is left");
  await server.stop();
  await open(page, `${server.url}/hubs`);
  await page.getByRole("heading", { level: 1, name: "Locations" }).waitFor();
  await context.close();
});

test("fault_20 a new version arrives while a form is half filled: it waits, asks, and nothing is lost", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await page.getByRole("link", { name: "Ask us", exact: true }).click();
  await page.getByLabel("Your question").fill("half a question");
  await startOn(server, newerSite());
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await page.getByText("An update is ready.").waitFor();
  assert.equal(await page.getByLabel("Your question").inputValue(), "half a question");
  await page.getByRole("button", { name: "Later" }).click();
  await page.getByLabel("No reply needed").check();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Send question" }).click();
  await received(page);
  assert.equal(server.rows("inquiries")[0].content.inquiry.message, "half a question");
  await context.close();
  await server.stop();
});

test("an update is taken when the person says so, and the old copy goes", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await startOn(server, newerSite());
  // Whoever has touched the page is asked.
  await page.keyboard.press("Shift");
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  const loaded = page.waitForEvent("load");
  await page.getByRole("button", { name: "Update now" }).click();
  await loaded;
  await ready(page);
  await page.waitForFunction(async () => (await caches.keys()).filter((name) => name.startsWith("app-")).join() === "app-00000000000000aa");
  await context.close();
  await server.stop();
});

test("fault_21 the worker's address answers 404 or a portal's page: the current version stays", async () => {
  const server = await hub();
  const front = await portal(server.port);
  const { context, page } = await device();
  await open(page, front.url);
  await offlineReady(page);
  for (const answer of [404, 200]) {
    front.rule = (request, response) => request.url === "/sw.js" && (response.writeHead(answer, { "content-type": "text/html" }), response.end("<h1>Welcome to the hotel</h1>"), true);
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update().catch(() => {}));
  }
  front.rule = (request, response) => (response.destroy(), true);
  await open(page, `${front.url}/about`);
  await page.getByRole("heading", { name: "About this app" }).waitFor();
  await context.close();
  await front.close();
  await server.stop();
});

test("fault_22 the worker never answers a POST, nor anything under /api/", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await page.reload();
  await ready(page);
  const seen = [];
  context.on("response", (response) => {
    if (new URL(response.url()).pathname.startsWith("/api/")) seen.push([response.request().method(), response.fromServiceWorker()]);
  });
  await ask(page, "Hello", { base: server.url });
  await received(page);
  assert.ok(seen.some(([method]) => method === "POST"));
  assert.ok(seen.every(([, fromWorker]) => !fromWorker), JSON.stringify(seen));
  await context.close();
  await server.stop();
});

test("fault_23 the answer is lost after the commit: the retry gets a receipt, one row", async () => {
  const server = await hub();
  const front = await portal(server.port);
  const { context, page } = await device();
  await open(page, front.url);
  await offlineReady(page);
  let lost = 0;
  front.onAnswer = (request, answer, response) => request.method === "POST" && lost++ < 1 && (response.destroy(), true);
  await ask(page, "Hello", { base: front.url });
  await received(page);
  assert.ok(front.posts >= 2);
  assert.equal(server.rows("inquiries").length, 1);
  await context.close();
  await front.close();
  await server.stop();
});

test("fault_26 a captive portal answers 200 with its page: nothing is released, and the person is told", async () => {
  const server = await hub();
  const front = await portal(server.port);
  const { context, page } = await device();
  await open(page, front.url);
  await offlineReady(page);
  front.rule = (request, response) => request.url.startsWith("/api/") && (response.writeHead(200, { "content-type": "text/html" }), response.end("<h1>Sign in to the library's network</h1>"), true);
  await ask(page, "Hello", { base: front.url });
  await page.getByText("Not sent yet: this Wi-Fi may need a sign-in.").waitFor();
  assert.match(await page.locator(".ticks").innerText(), /Received by the City\s+not yet/);
  await page.waitForTimeout(2_100);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.getByText("You’re offline. The app still works").waitFor();
  front.rule = null;
  await page.getByRole("link", { name: "My messages" }).click();
  // On a slow machine it may have been sent automatically by now.
  await page.getByRole("button", { name: "Send now" }).click({ timeout: 3_000 }).catch(() => {});
  await page.getByText("Waiting to be sent").waitFor({ state: "detached" });
  assert.equal(server.rows("inquiries").length, 1);
  await context.close();
  await front.close();
  await server.stop();
});

test("fault_27 an answer that hangs is given up in bounded time, and not doubled", async () => {
  const server = await hub();
  const front = await portal(server.port);
  const { context, page } = await device();
  await page.clock.install();
  await open(page, front.url);
  await offlineReady(page);
  front.onAnswer = (request, answer, response) => request.method === "POST" && (response.writeHead(200, { "content-type": "application/octet-stream", "content-length": "100000" }), response.write("x"), true);
  await ask(page, "Hello", { base: front.url });
  while (front.posts < 1) await page.clock.runFor(100);
  // Advances second by second, so that the page's other requests are answered in between, even on a
  // busy machine.
  const said = page.getByText("No answer from the City’s server.");
  for (let seconds = 0; seconds < 35 && !(await said.isVisible()); seconds += 1) await page.clock.runFor(1_000);
  await said.waitFor();
  front.onAnswer = null;
  await page.clock.runFor(20_000);
  await received(page);
  assert.equal(server.rows("inquiries").length, 1);
  await context.close();
  await front.close();
  await server.stop();
});

test("fault_28 the browser says online while the server is away, and the other way round: a probe decides", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await server.stop();
  await page.waitForTimeout(2_100);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.getByText("You’re offline. The app still works").waitFor();
  await server.start();
  await page.waitForTimeout(2_100);
  await page.evaluate(() => dispatchEvent(new Event("offline")));
  await page.getByText("You’re offline. The app still works").waitFor({ state: "detached" });
  await context.close();
  await server.stop();
});

test("fault_29 and fault_30 busy is waited out, a refusal needs attention and keeps the entry", async () => {
  const server = await hub();
  const front = await portal(server.port);
  const { context, page } = await device();
  await open(page, front.url);
  await offlineReady(page);
  let status = 503;
  front.rule = (request, response) => request.method === "POST" && status && (response.writeHead(status, { "retry-after": "1" }), response.end("x"), true);
  await ask(page, "Hello", { base: front.url });
  await page.getByText("The City’s server is busy").waitFor();
  status = 422;
  await page.getByRole("heading", { name: "Needs your attention" }).waitFor();
  assert.ok(await page.getByText("didn’t accept this message (error 422)").isVisible());
  assert.equal((await stored(page)).envelopes.length, 1);
  status = 0;
  await page.getByRole("button", { name: "Try again" }).click();
  await received(page);
  await context.close();
  await front.close();
  await server.stop();
});

test("fault_36 a receipt with one bit changed releases nothing", async () => {
  const server = await hub();
  const front = await portal(server.port);
  const { context, page } = await device();
  await open(page, front.url);
  await offlineReady(page);
  let forged = 0;
  front.onAnswer = (request, answer, response) => {
    if (request.method !== "POST" || forged > 0) return false;
    forged += 1;
    const parts = [];
    answer.on("data", (part) => parts.push(part));
    answer.on("end", () => {
      const bytes = Buffer.concat(parts);
      bytes[bytes.length - 1] ^= 1;
      response.writeHead(200, { "content-type": "application/octet-stream" });
      response.end(bytes);
    });
    return true;
  };
  await ask(page, "Hello", { base: front.url });
  await page.waitForFunction(() => document.body.innerText.includes("busy"));
  assert.match(await page.locator(".ticks").innerText(), /Received by the City\s+not yet/);
  await received(page);
  assert.equal(server.rows("inquiries").length, 1);
  await context.close();
  await front.close();
  await server.stop();
});

test("fault_47 the count on the screen is that of the store, in every tab", async () => {
  const server = await hub();
  const { context, page } = await device();
  const other = await context.newPage();
  await Promise.all([open(page, server.url), open(other, server.url)]);
  await offlineReady(page);
  await server.stop();
  await ask(page, "one", { base: server.url });
  await ask(page, "two", { base: server.url });
  await other.locator(".places__count", { hasText: "2" }).waitFor();
  await server.start();
  await open(page, `${server.url}/messages`);
  await page.getByText("Waiting to be sent").first().waitFor({ state: "detached" });
  await page.locator(".places__count").waitFor({ state: "detached" });
  await other.locator(".places__count").waitFor({ state: "detached" });
  assert.equal(server.rows("inquiries").length, 2);
  await context.close();
  await server.stop();
});
