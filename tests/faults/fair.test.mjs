// A tablet returns from a week-long fair with thousands of submissions.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, device, open, offlineReady, fair } from "../hub/hub.mjs";

/** As many as one file holds. */
const COUNT = 5_000;
/** The least size of a stored head with its receipt, in bytes. */
const RECEIVED_HEAD_BYTES_MIN = 200;
/** The most memory, in bytes, that a delivery may take beyond the list of submissions. */
const MEMORY_BYTES_MAX = 30_000_000;
/** The longest frame of the page, in ms, whatever runs in the background. */
const FRAME_MS_MAX = 500;

const memory = (page) => page.evaluate(async () => (await performance.measureUserAgentSpecificMemory()).bytes);

test(`fault_46 ${COUNT} entries after a week-long fair: they are taken in and delivered, memory stays flat, and the page stays usable`, { timeout: 900_000 }, async () => {
  // One address sends more here than a day's default quota allows.
  const server = await hub({ options: ["--budget", "inquiry=10000/100"] });
  const { page, context } = await device({ width: 1280, height: 800, whole: true });
  await open(page, `${server.url}/messages`);
  await offlineReady(page);
  const file = fair(server, COUNT);
  await server.stop();
  const began = Date.now();
  await page.getByLabel("Open a file").setInputFiles(file);
  await page.getByText(`${COUNT} messages added.`).waitFor({ timeout: 600_000 });
  const taken = Date.now();
  await page.getByRole("button", { name: `Show all ${COUNT}` }).waitFor();
  assert.equal(await page.locator(".message-card").count(), 50);

  await open(page, `${server.url}/`);
  const before = await memory(page);
  await page.evaluate(() => {
    window.slowest = 0;
    let last = performance.now();
    const frame = (now) => {
      window.slowest = Math.max(window.slowest, now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await server.start();
  const started = Date.now();
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  // A search during the delivery is answered.
  await page.getByRole("combobox").first().fill("dog licence");
  await page.getByRole("option").first().waitFor();
  // Receipts are in their heads or in a store of their own, where each record begins with its
  // format and the number of its receipts (LEB128).
  const received = () => page.evaluate(async ([count, bytes]) => {
    const database = await new Promise((resolve) => (indexedDB.open("community-hub").onsuccess = (event) => resolve(event.target.result)));
    const transaction = database.transaction(["heads", "receipts"]);
    const all = (name) => new Promise((resolve) => (transaction.objectStore(name).getAll().onsuccess = (event) => resolve(event.target.result)));
    const [heads, records] = await Promise.all([all("heads"), all("receipts")]);
    database.close();
    const beside = records.map(([, low, high]) => (low < 128 ? low : low - 128 + 128 * high));
    return beside.reduce((one, other) => one + other, heads.filter((head) => head.length >= bytes).length) === count;
  }, [COUNT, RECEIVED_HEAD_BYTES_MIN]);
  // The browser takes a while to report its memory.
  let [most, isWatching] = [0, true];
  const watching = (async () => {
    while (isWatching) most = Math.max(most, await memory(page));
  })();
  while (!(await received())) {
    assert.ok(Date.now() - started < 600_000, "all are delivered within ten minutes");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const delivered = Date.now();
  isWatching = false;
  await watching;
  const slowest = await page.evaluate(() => window.slowest);
  const ids = server.rows("inquiries").map((row) => row.id);
  console.log(`${COUNT} entries: taken in in ${taken - began} ms, delivered in ${delivered - started} ms; memory ${before} bytes before, ${most} at most; slowest frame ${Math.round(slowest)} ms`);
  assert.deepEqual([ids.length, new Set(ids).size], [COUNT, COUNT]);
  assert.ok(most - before < MEMORY_BYTES_MAX, `${most - before} bytes more`);
  assert.ok(slowest < FRAME_MS_MAX, `a frame took ${slowest} ms`);
  await context.close();
  await server.stop();
});
