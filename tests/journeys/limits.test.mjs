// A browser that lacks what newer ones have: no Web Locks, no BroadcastChannel, no
// requestIdleCallback, no service worker, little room.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, device, open, ask, received, stored } from "../hub/hub.mjs";

/** Takes from a page what old engines and strict settings do not have. */
function lessen() {
  const lacks = (target, name) => Object.defineProperty(target, name, { value: undefined, configurable: true });
  lacks(Navigator.prototype, "locks");
  lacks(window, "BroadcastChannel");
  lacks(window, "requestIdleCallback");
  lacks(Navigator.prototype, "share");
  lacks(Navigator.prototype, "geolocation");
  ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException("refused", "SecurityError"));
}

test("an engine without Web Locks, BroadcastChannel, idle callbacks and a service worker finds, asks, delivers once and keeps", async () => {
  const server = await hub();
  const { context, page } = await device();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  await context.addInitScript(lessen);
  const cdp = await context.newCDPSession(page);
  await cdp.send("Storage.overrideQuotaForOrigin", { origin: server.url, quotaSize: 64e6 });
  await open(page, server.url);
  assert.deepEqual(await page.evaluate(() => [navigator.locks, window.BroadcastChannel, window.requestIdleCallback].map((it) => typeof it)), Array(3).fill("undefined"));

  await page.getByRole("combobox").fill("my dog needs a licnce");
  await page.getByRole("option", { name: "Get a dog licence" }).click();
  await page.getByRole("heading", { name: "Get a dog licence" }).waitFor();
  const first = await ask(page, "Does an old browser do?", { base: server.url });
  await received(page);

  // Two tabs cannot agree who sends; the server counts the message once.
  const other = await context.newPage();
  await open(other, `${server.url}/messages`);
  await open(page, `${server.url}/ask`);
  await page.getByLabel("Your question").fill("Asked while the server was gone");
  await page.getByLabel("No reply needed").check();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "Check your question" }).waitFor();
  await server.stop();
  await page.getByRole("button", { name: "Send question" }).click();
  await page.getByRole("heading", { name: "Your question is saved" }).waitFor();
  const second = await page.locator(".receipt__reference").innerText();
  await server.start();
  await open(page, `${server.url}/messages`);
  await open(other, `${server.url}/messages`);
  await server.received("inquiries", 2);
  assert.deepEqual(server.rows("inquiries").map((row) => row.reference).sort(), [first, second].sort());
  assert.equal((await stored(page)).heads.length, 2, "both are kept");
  await page.getByText("The app opens here only with a connection.").waitFor();
  assert.deepEqual(faults, []);
  await server.stop();
});
