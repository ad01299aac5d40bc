// Several tabs of one device, including tabs of different versions.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, device, open, ask, write, offlineReady, fair, kill } from "../hub/hub.mjs";

/** How often a tab looks again while another delivers (ms), as src/model/delivery/sending.rs. */
const LOOK_AGAIN_MS = 15_000;
/** A frozen tab is taken over within this many attempts: a minute, and one more. */
const LOOKS_MAX = 5;

test("fault_14 the tab that delivers is frozen: another takes over within a minute and a quarter", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await offlineReady(page);
  // A page that the browser has frozen while it holds the lock.
  const frozen = await context.newPage();
  await frozen.goto(`${server.url}/`);
  await frozen.evaluate(() => new Promise((resolve) => navigator.locks.request("community-hub-courier", { steal: true }, () => (resolve(), new Promise(() => {})))));
  await page.clock.install();
  await ask(page, "Is anybody there?", { base: server.url });
  const isReceived = () => page.getByText("The City has received it.").isVisible();
  let looks = 0;
  for (; looks < LOOKS_MAX && !(await isReceived()); looks += 1) {
    await page.clock.runFor(LOOK_AGAIN_MS);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  assert.ok(await isReceived(), "another tab has taken over");
  assert.ok(looks > 2, `a tab that is at work is left alone: ${looks} looks`);
  assert.equal(server.rows("inquiries").length, 1);
  await context.close();
  await server.stop();
});

test("fault_15 the same words in two tabs are two entries, each with its own id, and neither tab shows the other's draft", async () => {
  const server = await hub();
  const { context, page } = await device();
  const other = await context.newPage();
  await open(page, server.url);
  await offlineReady(page);
  await write(page, "twice", { base: server.url });
  await open(other, `${server.url}/ask`);
  assert.equal(await other.getByLabel("Your question").inputValue(), "");
  await write(other, "twice", { base: server.url });
  const references = [];
  for (const tab of [page, other]) {
    await tab.getByRole("button", { name: "Send question" }).click();
    await tab.getByRole("heading", { name: "Your question is saved" }).waitFor();
    references.push(await tab.locator(".receipt__reference").innerText());
  }
  assert.notEqual(references[0], references[1]);
  await server.received("inquiries", 2);
  assert.deepEqual(server.rows("inquiries").map((row) => row.reference).sort(), references.sort());
  await context.close();
  await server.stop();
});

test("fault_16 an old tab lets go of its store when a newer app wants to change it, then says that the page must be loaded again, and loses no words", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await write(page, "written in the old tab", { base: server.url });
  const newer = await context.newPage();
  await newer.goto(`${server.url}/`);
  const outcome = await newer.evaluate(() => new Promise((resolve) => {
    const request = indexedDB.open("community-hub", 99);
    request.onupgradeneeded = () => request.result.createObjectStore("of a newer app");
    request.onsuccess = () => (request.result.close(), resolve("upgraded"));
    setTimeout(() => resolve("the old tabs hold it"), 5_000);
  }));
  assert.equal(outcome, "upgraded");
  await page.getByRole("button", { name: "Send question" }).click();
  await page.getByText("Not saved: this page is out of date.").waitFor();
  assert.ok(await page.getByText("written in the old tab").isVisible());
  await context.close();
  await server.stop();
});

test("fault_17 the browser is killed in the midst of changing the store: all 500 entries are there", { timeout: 240_000 }, async () => {
  const server = await hub();
  let { context, page, profile } = await device();
  await open(page, `${server.url}/messages`);
  await offlineReady(page);
  const file = fair(server, 500);
  const worker = await context.newPage();
  await worker.goto(`${server.url}/api/ping`);
  await server.stop();
  await page.getByLabel("Open a file").setInputFiles(file);
  await page.getByText("500 messages added.").waitFor({ timeout: 120_000 });
  await page.goto("about:blank");
  // What a newer app would do: add an object store, and rewrite every head.
  const begun = worker.evaluate(() => new Promise((resolve) => {
    const request = indexedDB.open("community-hub", 3);
    request.onupgradeneeded = () => {
      const heads = request.transaction.objectStore("heads");
      request.result.createObjectStore("of a newer app");
      const again = () => (heads.openCursor().onsuccess = ({ target: { result } }) => (result ? (result.update(new Uint8Array([9])), result.continue()) : again()));
      again();
      setTimeout(() => resolve(true), 300);
    };
  }));
  assert.ok(await begun);
  assert.ok(kill(profile) > 0, "the browser was running");
  await context.close().catch(() => {});
  ({ context, page } = await device({ profile }));
  await open(page, `${server.url}/messages`);
  await page.getByRole("button", { name: "Show all 500" }).waitFor();
  await server.start();
  // On a slow machine it may have been sent automatically by now.
  await page.getByRole("button", { name: "Send now" }).click({ timeout: 3_000 }).catch(() => {});
  await server.received("inquiries", 500);
  await context.close();
  await server.stop();
});
