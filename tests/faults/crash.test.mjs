// The browser is killed while it stores a submission: a profile on disk, and all processes killed
// at once.
import test from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import { hub, device, open, write, offlineReady, filesBelow, kill } from "../hub/hub.mjs";

const KILLS = Number(process.env.HUB_BROWSER_KILLS ?? 6);
/**
 * From the press of the button until well after the submission is on disk, in ms, on a busy
 * machine.
 */
const SAVE_MS = 250;
const MARKER = "narwhal-trombone-4471";

test(`fault_01 fault_02 the browser is killed ${KILLS} times at some instant of a save: what was called kept is there, once, and nothing is readable`, { timeout: 60_000 + KILLS * 20_000 }, async () => {
  const server = await hub();
  let { context, page, profile } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await server.stop();
  const kept = new Set();
  let spared = 0;
  for (let round = 0; round < KILLS; round += 1) {
    await write(page, `${MARKER} ${round}`, { base: server.url });
    const told = new Promise((resolve) => page.on("console", (message) => message.text().startsWith("kept ") && resolve(message.text().slice(5))));
    await page.evaluate(() => {
      const look = () => {
        const reference = document.querySelector(".receipt__reference")?.textContent;
        if (reference) console.log(`kept ${reference}`);
        else requestAnimationFrame(look);
      };
      look();
    });
    // The kills are spread over the whole duration of a save, each a little later.
    const after = (SAVE_MS * (round + 1)) / KILLS;
    const press = page.getByRole("button", { name: "Send question" }).click({ noWaitAfter: true }).catch(() => {});
    const word = await Promise.race([told, new Promise((resolve) => setTimeout(resolve, after))]);
    assert.ok(kill(profile) > 0, "the browser was running");
    if (word) kept.add(word);
    else spared += 1;
    await press;
    await context.close().catch(() => {});
    ({ context, page } = await device({ profile }));
    await open(page, `${server.url}/messages`);
    // The page shows the newest cards, and all of them on request.
    await page.locator(".message-card").first().waitFor({ timeout: kept.size ? 10_000 : 1 }).catch(() => {});
    const all = page.getByRole("button", { name: /^Show all/ });
    if (await all.count()) await all.click();
    for (const reference of kept) await page.getByRole("link", { name: reference }).waitFor();
  }
  await server.start();
  await open(page, `${server.url}/messages`);
  await page.waitForFunction(() => document.querySelectorAll(".message-card .tick--waiting").length === 0, undefined, { timeout: 60_000 });
  const rows = server.rows("inquiries");
  const messages = rows.map((row) => row.content.inquiry.message);
  assert.equal(new Set(messages).size, messages.length, "nothing is doubled");
  for (const reference of kept) assert.ok(rows.some((row) => row.reference === reference), `${reference} arrived`);
  await context.close();
  const readable = filesBelow(profile).filter((file) => fs.readFileSync(file).includes(MARKER));
  assert.deepEqual(readable, [], "no file of the profile holds the words");
  console.log(`${KILLS} kills: ${kept.size} were called kept before, all there; ${spared} were not, of which ${rows.length - kept.size} are there all the same`);
  await server.stop();
});
