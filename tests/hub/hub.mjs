// Starts a server and a browser with a profile on disk for each test.
import playwright, { chromium } from "playwright-core";
import { spawn, execFileSync } from "node:child_process";
import { createServer, request as httpRequest } from "node:http";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";

const BIN = process.env.HUB_BIN ?? "target/debug/community-hub";
const DELIVERY = process.env.HUB_DELIVERY ?? "target/debug/delivery-bench";
export const SITE = process.env.HUB_SITE ?? "dist";
export const OTHER_SITE = process.env.HUB_OTHER_SITE ?? "target/pine-harbour";
/** Long, because a busy machine's disk may be slow. Nothing waits longer than it must. */
const PATIENCE_MS = 60_000;
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const running = new Set();

// A failed test leaves its server and browser running. They are ended here, so that the test file
// can end.
after(async () => {
  for (const end of running) await Promise.race([end(), new Promise((resolve) => setTimeout(resolve, 3_000))]).catch(() => {});
});

export function folder(name) {
  return fs.mkdtempSync(path.join(os.tmpdir(), `hub-${name}-`));
}

/** All files in a folder and in its subfolders. */
export function filesBelow(dir) {
  return fs.readdirSync(dir, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesBelow(path.join(dir, entry.name)) : entry.isFile() ? [path.join(dir, entry.name)] : []));
}

async function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts the server with additional options. `stop` ends it; `start` starts it again on the same
 * port and folder.
 */
export async function hub({ site = SITE, port, data = folder("data"), options = [] } = {}) {
  port ??= await freePort();
  const self = { port, data, site, url: `http://localhost:${port}`, child: null };
  self.start = () =>
    new Promise((resolve, reject) => {
      const env = { SECOND_FACTOR: "off", ...process.env };
      self.child = spawn(BIN, ["serve", "--site", self.site, "--data-dir", data, "--port", String(port), ...options], { stdio: ["ignore", "pipe", "pipe"], env });
      self.child.stdout.once("data", () => resolve());
      self.said = "";
      self.child.stderr.on("data", (text) => (self.said += text));
      self.child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${self.said}`)));
    });
  self.stop = () =>
    new Promise((resolve) => {
      self.child.removeAllListeners("exit");
      self.child.once("exit", resolve);
      self.child.kill("SIGTERM");
    });
  self.export = (what, format = "jsonl") => execFileSync(BIN, ["export", what, "--format", format, "--reason", "a test", "--site", self.site, "--data-dir", data], { stdio: ["ignore", "pipe", "ignore"], maxBuffer: 256e6 }).toString();
  self.rows = (what) => self.export(what).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  /** Waits until `count` rows of a kind can be exported. */
  self.received = async (what, count) => {
    for (let tries = 0; self.rows(what).length < count; tries += 1) {
      if (tries === 300) throw new Error(`${self.rows(what).length} of ${count} ${what} arrived`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await self.start();
  running.add(async () => self.child.kill("SIGKILL"));
  return self;
}

/**
 * A browser with a profile on disk: what it stores survives its end, as on a real device. `whole`
 * is for what Chromium without its window cannot do, such as measuring a page's memory.
 */
export async function device({ profile = folder("profile"), width = 360, height = 640, whole = false, ...more } = {}) {
  const wholeBrowser = process.env.CHROMIUM_WHOLE ?? "/usr/bin/chromium";
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: whole ? wholeBrowser : (process.env.CHROMIUM ?? wholeBrowser),
    args: FLAGS,
    viewport: { width, height },
    serviceWorkers: "allow",
    ...more,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  running.add(() => context.close());
  return { context, profile, page: context.pages()[0] ?? (await context.newPage()), close: () => context.close() };
}

/**
 * The same in an ordinary Firefox, by WebDriver BiDi. Playwright's name for that is not a stable
 * interface, so its version is pinned. It would wait for a first page that has long been loaded,
 * unless all arguments are set here; so they are.
 */
export async function firefox({ profile = folder("firefox"), width = 360, height = 640, ...more } = {}) {
  const context = await playwright._bidiFirefox.launchPersistentContext(profile, {
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    ignoreDefaultArgs: true,
    args: ["--remote-debugging-port=0", "--headless", "--profile", profile],
    viewport: { width, height },
    ...more,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  running.add(() => context.close());
  return { context, profile, page: await context.newPage(), close: () => context.close() };
}

/** Kills all processes of the browser that uses a profile, at once. Returns how many there were. */
export function kill(profile) {
  const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
  const has = (pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`).includes(`--user-data-dir=${profile}`) && process.kill(pid, "SIGKILL");
    } catch (error) {
      // The process has already ended.
      if (error.code === "ENOENT" || error.code === "ESRCH") return false;
      throw error;
    }
  };
  return pids.filter(has).length;
}

/**
 * A file of `count` questions sealed to a running server, as a device without a network saves it.
 */
export function fair(server, count) {
  const file = path.join(folder("fair"), "fair.hub");
  execFileSync(DELIVERY, ["seal", `127.0.0.1:${server.port}`, String(count), file]);
  return file;
}

/** Waits until the app has started in the page. */
export async function ready(page) {
  await page.locator("#shell").waitFor({ state: "detached" });
  await page.locator("h1").waitFor();
}

/** Opens an address and waits for the app. */
export async function open(page, url) {
  await page.goto(url);
  await ready(page);
}

/** Waits until the service worker is installed and in control, and the keys are stored. */
export async function offlineReady(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.waitForFunction(async () => {
    const database = await new Promise((resolve) => (indexedDB.open("community-hub").onsuccess = (event) => resolve(event.target.result)));
    const notes = await new Promise((resolve) => (database.transaction("notes").objectStore("notes").getAllKeys().onsuccess = (event) => resolve(event.target.result)));
    database.close();
    return notes.includes("keys");
  });
}

/** Fills in the question form and opens the review page. */
export async function write(page, words, { from = "/ask", base }) {
  await open(page, base + from);
  await page.getByLabel("Your question").fill(words);
  await page.getByLabel("No reply needed").check();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "Check your question" }).waitFor();
}

/** Fails with what the page says if what was expected does not come. */
async function orSaying(page, expected) {
  try {
    await expected;
  } catch (error) {
    throw new Error(`${error.message}\n${page.url()} says:\n${await page.locator("main").innerText()}`, { cause: error });
  }
}

/** Asks a question and waits for its receipt. Returns the reference number. */
export async function ask(page, words, options) {
  await write(page, words, options);
  await page.getByRole("button", { name: "Send question" }).click();
  await orSaying(page, page.getByRole("heading", { name: "Your question is saved" }).waitFor());
  return page.locator(".receipt__reference").innerText();
}

export async function received(page) {
  await page.getByText("The City has received it.").waitFor();
}

/** The keys of all records in the device's store, read from IndexedDB. */
export async function stored(page) {
  return page.evaluate(async () => {
    const database = await new Promise((resolve) => (indexedDB.open("community-hub").onsuccess = (event) => resolve(event.target.result)));
    const all = {};
    for (const name of database.objectStoreNames) {
      all[name] = await new Promise((resolve) => (database.transaction(name).objectStore(name).getAllKeys().onsuccess = (event) => resolve(event.target.result)));
    }
    database.close();
    return all;
  });
}

/** A proxy in front of a server that can be made to misbehave on chosen paths. */
export async function portal(target) {
  const self = { rule: null, posts: 0 };
  const server = createServer((request, response) => {
    if (request.method === "POST") self.posts += 1;
    if (self.rule && self.rule(request, response)) return;
    const onward = httpRequest({ port: target, method: request.method, path: request.url, headers: request.headers }, (answer) => {
      if (self.onAnswer && self.onAnswer(request, answer, response)) return answer.resume();
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  self.url = `http://localhost:${server.address().port}`;
  self.close = () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
  running.add(self.close);
  return self;
}
