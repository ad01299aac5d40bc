// WebKit, the engine of Safari, driven by WebDriver (W3C). Its automation has no window of its own,
// so it runs on a screen in memory with a window manager: without one, keys reach no field.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { after } from "node:test";

const PATIENCE_MS = 30_000;
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const running = new Set();

after(() => {
  for (const child of running) child.kill("SIGKILL");
});

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function start(program, args, env = process.env) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** A screen in memory. Returns its name, as `DISPLAY` has it. */
async function screen() {
  // The server chooses a free number and writes it.
  const child = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  running.add(child);
  const number = await new Promise((resolve, reject) => {
    child.stdio[3].once("data", (text) => resolve(String(text).trim()));
    child.once("exit", (code) => reject(new Error(`Xvfb ended with ${code}`)));
  });
  return `:${number}`;
}

/** A WebKit browser with one page. Everything that it stores is gone when it is closed. */
export async function webkit({ width = 400, height = 800 } = {}) {
  const display = await screen();
  const env = { ...process.env, DISPLAY: display, WEBKIT_DISABLE_COMPOSITING_MODE: "1", LIBGL_ALWAYS_SOFTWARE: "1", WEBKIT_FORCE_SANDBOX: "0" };
  start("openbox", [], env);
  const port = await freePort();
  start(process.env.WEBKIT_DRIVER ?? "WebKitWebDriver", [`--port=${port}`], env);
  const call = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE_MS) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  };
  await until(async () => (await call("GET", "/status")).ready, "the driver");
  const { sessionId, capabilities } = await call("POST", "/session", { capabilities: { alwaysMatch: {} } });
  const session = (method, path, body) => call(method, `/session/${sessionId}${path}`, body);
  await session("POST", "/window/rect", { width, height });

  let pressed = 0;
  const self = { version: `${capabilities.browserName} ${capabilities.browserVersion}` };
  self.go = (url) => session("POST", "/url", { url });
  self.reload = () => session("POST", "/refresh", {});
  self.url = () => session("GET", "/url");
  /** Runs a script in the page; it may be async. */
  self.run = (script, ...args) => session("POST", "/execute/sync", { script, args });
  /** The first visible element that has such a role (or is such an element) and such a text. */
  self.find = async (selector, text = "") => {
    let found;
    await until(async () => {
      found = await self.run(
        `const shown = (element) => element.checkVisibility();
         return [...document.querySelectorAll(arguments[0])].find((element) => shown(element) && (element.innerText || element.value || "").includes(arguments[1])) ?? null`,
        selector, text);
      return found !== null;
    }, `${selector} with “${text}”`, async () => `at ${await self.url()}, which says:\n${await self.run("return document.querySelector('main').innerText")}`);
    return found[ELEMENT];
  };
  self.text = async (selector) => self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector);
  self.click = async (selector, text) => {
    // The page may write the element again between the look and the press: then nothing was
    // pressed.
    await until(async () => {
      const found = await self.find(selector, text);
      // What is in the window already is not scrolled by the driver, even if the navigation covers
      // it.
      await self.run("arguments[0].scrollIntoView({ block: 'center' })", { [ELEMENT]: found });
      // Sooner, two presses in one place are one double click to the browser.
      await new Promise((resolve) => setTimeout(resolve, pressed + 600 - Date.now()));
      pressed = Date.now();
      await session("POST", `/element/${found}/click`, {});
      return true;
    }, `${selector} with “${text}” at rest`);
  };
  /** Presses a link, again if the page wrote it anew under the finger, until the page is another. */
  self.follow = async (text) => {
    const before = await self.url();
    await until(async () => {
      await self.click("a", text);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return (await self.url()) !== before;
    }, `the page behind “${text}”`);
  };
  /** Types into an empty field, again if the window lost the focus meanwhile, until `shown` comes. */
  self.typeUntil = async (selector, text, shown) => {
    await until(async () => {
      await session("POST", `/element/${await self.find(selector)}/clear`, {});
      await self.type(selector, text);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      return self.run("return [...document.querySelectorAll(arguments[0])].some((element) => element.innerText.includes(arguments[1]))", ...shown);
    }, `${shown} for “${text}”`);
  };
  self.type = async (selector, text) => session("POST", `/element/${await self.find(selector)}/value`, { text });
  /** Waits until the app has started, and its page is there. */
  self.ready = () => until(() => self.run("return document.querySelector('#shell') === null && document.querySelector('h1') !== null"), "the app");
  self.open = async (url) => {
    await self.go(url);
    await self.ready();
  };
  self.until = (script, what) => until(() => self.run(script), what);
  self.close = async () => {
    await session("DELETE", "").catch(() => {});
    for (const child of running) child.kill("SIGKILL");
  };
  return self;
}

/** Asks again until the answer is yes. If it never is, fails with what was `seen` instead. */
async function until(ask, what, seen) {
  const began = Date.now();
  let fault;
  while (Date.now() - began < PATIENCE_MS) {
    try {
      if (await ask()) return;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      fault = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const instead = seen ? `, ${await seen().catch((error) => error.message)}` : "";
  assert.fail(`${what} did not come within ${PATIENCE_MS / 1000} s${fault ? `: ${fault.message}` : ""}${instead}`);
}
