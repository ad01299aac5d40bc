// A computer that nobody enrolled: a person says that others use it too, and nothing stays on it.
import test from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { findings } from "../hub/axe.mjs";
import { ask, device, filesBelow, hub, offlineReady, open, ready, received, stored, write } from "../hub/hub.mjs";

const MARKER = "zebrafish-umbrella-7719";

/** Says on the page that shows it that this computer is shared. */
async function isShared(page) {
  await page.getByText("Is this a shared computer?").click();
  await page.getByRole("button", { name: "Keep nothing on this computer" }).click();
  await page.waitForURL("**/k/shared/**");
  await ready(page);
}

/** Waits until the device's store has so many messages. */
async function messages(page, count) {
  for (let tries = 0; (await stored(page)).heads.length !== count; tries += 1) {
    assert.ok(tries < 100, `${(await stored(page)).heads.length} messages, not ${count}`);
    await page.waitForTimeout(100);
  }
}

test("what was written goes along, is sent and received, and nothing of it stays for the next person, however the visit ends", async () => {
  const server = await hub();
  const { context, page, profile } = await device({ width: 1280, height: 800 });
  await open(page, server.url);
  await offlineReady(page);
  await write(page, MARKER, { base: server.url });
  await isShared(page);
  await page.getByText(MARKER).waitFor();
  await page.getByText("Shared computer: nothing you write stays here.").waitFor();
  assert.deepEqual(await findings(page), []);
  await page.getByRole("button", { name: "Send question" }).click();
  await received(page);
  assert.match(await page.locator(".receipt__secret").innerText(), /\w/);
  const again = page.waitForEvent("load");
  await page.getByRole("button", { name: "I’m done" }).click();
  await again;
  await ready(page);
  await page.getByText("Shared computer: nothing you write stays here.").waitFor();
  await messages(page, 0);
  // The tab stays shared, whatever address is opened in it.
  await page.goto(`${server.url}/fr/hubs`);
  await page.waitForURL("**/k/shared/fr/hubs");
  await ready(page);
  await server.received("inquiries", 1);

  // The next person closes the tab instead.
  const second = await context.newPage();
  await write(second, `${MARKER} again`, { base: server.url });
  await isShared(second);
  await second.getByRole("button", { name: "Send question" }).click();
  await received(second);
  await second.close();
  const third = await context.newPage();
  await open(third, `${server.url}/messages`);
  await messages(third, 0);
  await third.getByText("Is this a shared computer?").waitFor();
  assert.equal(await third.locator(".message-card").count(), 0);
  await server.received("inquiries", 2);

  // On a computer where something was sent before, the page of messages does the same.
  await ask(third, `${MARKER} and again`, { base: server.url });
  await received(third);
  await open(third, `${server.url}/messages`);
  await messages(third, 1);
  await isShared(third);
  await messages(third, 0);
  await server.received("inquiries", 3);
  await context.close();
  for (const file of filesBelow(profile)) {
    assert.ok(!fs.readFileSync(file).includes(MARKER), `words in ${path.basename(file)}`);
  }
});

test("without a connection a shared computer says at once that nothing can be sent from it, and the words are not lost", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await write(page, MARKER, { base: server.url });
  await server.stop();
  await isShared(page);
  await page.getByRole("button", { name: "Send question" }).click();
  await page.getByText("Not received yet. Nothing is stored here").waitFor();
  // Somebody else's tab shows nothing of it.
  const next = await context.newPage();
  await open(next, `${server.url}/messages`);
  await messages(next, 1);
  assert.equal(await next.locator(".message-card").count(), 0);
  await next.close();
  await server.start();
  await received(page);
  await server.received("inquiries", 1);
  await context.close();
});

test("on a person’s own device, codes are shown again only on request", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await offlineReady(page);
  const reference = await ask(page, MARKER, { base: server.url });
  await received(page);
  assert.ok(await page.locator(".receipt__secret").isVisible(), "just after sending");
  await open(page, `${server.url}/messages`);
  await page.getByRole("link", { name: reference }).click();
  await received(page);
  assert.equal(await page.locator(".receipt__secret").isVisible(), false);
  assert.equal(await page.locator(".receipt__reference").innerText(), reference);
  await page.getByText("Show the tracking code").click();
  assert.ok(await page.locator(".receipt__secret").isVisible());
  await context.close();
});
