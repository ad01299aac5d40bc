// Carries messages without a network: by file to another device or to the office, by code to
// another phone, and the receipts back.
import test from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { execFileSync } from "node:child_process";
import jsQR from "jsqr";
import { hub, device, open, ready, ask, received, offlineReady, stored, folder, OTHER_SITE } from "../hub/hub.mjs";

const BIN = process.env.HUB_BIN ?? "target/debug/community-hub";

/** Presses a button that saves a file. Returns its path and its bytes. */
async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
  const file = path.join(folder("stick"), download.suggestedFilename());
  await download.saveAs(file);
  return { file, bytes: fs.readFileSync(file) };
}

const bringIn = (page, file) => page.getByLabel("Open a file").setInputFiles(file);
const states = (page) => page.locator(".message-card .tick").allInnerTexts().then((texts) => texts.map((text) => text.trim()));

/** A device that was online once, is offline since, and holds `count` messages. */
async function tablet(server, count) {
  const { context, page } = await device({ acceptDownloads: true });
  await open(page, server.url);
  await offlineReady(page);
  await context.setOffline(true);
  const references = [];
  for (let at = 0; at < count; at += 1) references.push(await ask(page, `message ${at}`, { base: server.url }));
  await open(page, `${server.url}/messages`);
  return { context, page, references };
}

/** The content of the code on the page, read as a camera would read it. */
async function scanned(page) {
  const square = page.locator(".message-code svg");
  await square.waitFor();
  const [box, drawn] = await square.evaluate((svg) => [svg.getAttribute("viewBox"), svg.querySelector("path").getAttribute("d")]);
  const size = Number(box.split(" ")[2]);
  const scale = 3;
  const pixels = new Uint8ClampedArray(size * size * scale * scale * 4).fill(255);
  for (const [, x, y] of drawn.matchAll(/M(\d+),(\d+)h1/g)) {
    for (let dy = 0; dy < scale; dy += 1) {
      for (let dx = 0; dx < scale; dx += 1) pixels.fill(0, 4 * ((y * scale + dy) * size * scale + x * scale + dx), 4 * ((y * scale + dy) * size * scale + x * scale + dx) + 3);
    }
  }
  const found = jsQR(pixels, size * scale, size * scale);
  assert.ok(found, "a reader finds the code");
  return found.data;
}

test("three messages of an offline tablet go by file, another device delivers them, and the receipts come back by file", async () => {
  const server = await hub();
  const a = await tablet(server, 3);
  const { file, bytes } = await saved(a.page, "Save unsent messages to a file");
  await a.page.getByText("Your browser is saving 3 messages to a file.").waitFor();
  assert.match(path.basename(file), /^messages-kawartha-lakes-\d{4}-\d\d-\d\d\.hub$/);
  assert.ok(!bytes.includes("message 1"), "nobody can read it on the way");
  assert.deepEqual(await states(a.page), Array(3).fill("Waiting to be sent"), "moved, not copied: they wait until receipts come");

  const b = await device({ acceptDownloads: true });
  await open(b.page, `${server.url}/messages`);
  await offlineReady(b.page);
  assert.equal(await b.page.getByRole("button", { name: "Save proofs of receipt to a file" }).count(), 0);
  await bringIn(b.page, file);
  await b.page.getByText("3 messages added.").waitFor();
  await b.page.waitForFunction(() => document.querySelectorAll(".message-card .tick--done").length === 3);
  assert.deepEqual(server.rows("inquiries").map((row) => row.reference).sort(), [...a.references].sort());
  await bringIn(b.page, file);
  await b.page.getByText("3 messages were already here.").waitFor();
  assert.equal(server.rows("inquiries").length, 3, "twice is once");
  await b.page.getByRole("link", { name: a.references[0] }).click();
  await b.page.getByRole("heading", { name: "A message from another device" }).waitFor();
  await b.page.getByText("The person who wrote this has the tracking code.").waitFor();
  await b.page.getByRole("link", { name: "My messages" }).click();
  const receipts = await saved(b.page, "Save proofs of receipt to a file");

  await bringIn(a.page, receipts.file);
  await a.page.getByText("3 messages are now marked as received.").waitFor();
  assert.deepEqual(await states(a.page), Array(3).fill("Received"));
  assert.equal(await a.page.getByRole("button", { name: "Save unsent messages to a file" }).count(), 0);
  await a.page.reload();
  await ready(a.page);
  await a.page.getByRole("link", { name: a.references[2] }).click();
  await received(a.page);
  await a.context.close();
  await b.context.close();
  await server.stop();
});

test("at the office, the command takes the file in and gives receipts that the tablet believes", async () => {
  const server = await hub();
  const a = await tablet(server, 2);
  const { file } = await saved(a.page, "Save unsent messages to a file");
  const out = path.join(path.dirname(file), "receipts.hub");
  const run = () => execFileSync(BIN, ["import", file, "--receipts", out, "--site", server.site, "--data-dir", server.data]).toString();
  assert.match(run(), /2 received, 0 already there, 0 refused\./);
  assert.match(run(), /0 received, 2 already there, 0 refused\./);
  assert.equal(server.rows("inquiries").length, 2);
  await bringIn(a.page, out);
  await a.page.getByText("2 messages are now marked as received.").waitFor();
  assert.deepEqual(await states(a.page), Array(2).fill("Received"));
  await a.context.close();
  await server.stop();
});

test("fault_43 a file that is cut, changed, foreign or something else is refused with the reason, and nothing of it is taken in", async () => {
  const server = await hub();
  const a = await tablet(server, 1);
  const { file, bytes } = await saved(a.page, "Save unsent messages to a file");
  const dir = path.dirname(file);
  const put = (name, content) => (fs.writeFileSync(path.join(dir, name), content), path.join(dir, name));
  const flipped = Buffer.from(bytes);
  flipped[200] ^= 16;
  const b = await device();
  await open(b.page, `${server.url}/messages`);
  await offlineReady(b.page);
  const bad = [
    [put("cut.hub", bytes.subarray(0, bytes.length - 7)), "The end is missing."],
    [put("flipped.hub", flipped), "This file or code is damaged."],
    [put("letter.txt", "Dear City"), "This isn’t from this app."],
    [put("empty.hub", ""), "The end is missing."],
  ];
  for (const [name, reason] of bad) {
    await bringIn(b.page, name);
    await b.page.getByText(reason).waitFor();
    await b.page.getByText("No messages added.").waitFor();
  }
  assert.equal((await stored(b.page)).heads.length, 0);
  await b.context.close();
  const elsewhere = await hub({ site: OTHER_SITE });
  const c = await device();
  await open(c.page, `${elsewhere.url}/messages`);
  await bringIn(c.page, file);
  await c.page.getByText("This is for another municipality.").waitFor();
  assert.equal((await stored(c.page)).heads.length, 0);
  assert.deepEqual(await states(a.page), ["Waiting to be sent"]);
  await a.context.close();
  await c.context.close();
  await server.stop();
  await elsewhere.stop();
});

test("a single message goes by code to a phone that is online; the phone asks first, and its address forgets the message", async () => {
  const server = await hub();
  const a = await tablet(server, 1);
  await a.page.getByRole("link", { name: a.references[0] }).click();
  await a.page.getByRole("heading", { name: "Send it from another phone" }).waitFor();
  const address = await scanned(a.page);
  assert.match(address, new RegExp(`^${server.url}/bring#\\d+$`));
  const b = await device();
  await open(b.page, address);
  await b.page.getByRole("heading", { level: 1, name: "Send someone’s message" }).waitFor();
  await b.page.getByText(a.references[0]).waitFor();
  await offlineReady(b.page);
  assert.equal((await stored(b.page)).heads.length, 0, "nothing is kept before the person says so");
  await b.page.getByRole("button", { name: "Add it" }).click();
  await b.page.getByText("1 message added.").waitFor();
  assert.deepEqual([new URL(b.page.url()).pathname, new URL(b.page.url()).hash], ["/bring", ""]);
  await server.received("inquiries", 1);
  assert.equal(server.rows("inquiries")[0].reference, a.references[0]);
  // The same code again, then one with a wrong digit, in the same window.
  await b.page.evaluate((hash) => (location.hash = hash), new URL(address).hash);
  await b.page.getByRole("button", { name: "Add it" }).click();
  await b.page.getByText("1 message was already here.").waitFor();
  const wrong = address.slice(0, -1) + ((Number(address.at(-1)) + 1) % 10);
  await b.page.evaluate((hash) => (location.hash = hash), new URL(wrong).hash);
  await b.page.locator(".panel--error").getByText("scan the code again.").waitFor();
  assert.equal(await b.page.getByRole("button", { name: "Add it" }).count(), 0);
  await open(b.page, `${server.url}/bring`);
  await b.page.getByText("This address has no message.").waitFor();
  // A message that is too long for a code shows that.
  await a.context.setOffline(true);
  await ask(a.page, "x".repeat(2_000), { base: server.url });
  await a.page.getByText("This message is too long for a code.").waitFor();
  await a.context.close();
  await b.context.close();
  await server.stop();
});

test("a public terminal shows the code of a message that could not go, and takes nothing in", async () => {
  const server = await hub({ site: OTHER_SITE });
  const { context, page } = await device();
  await open(page, `${server.url}/k/dock-guest`);
  await offlineReady(page);
  await context.setOffline(true);
  await page.getByRole("link", { name: "Ask us", exact: true }).click();
  await page.getByLabel("Your question").fill("When does the dock open?");
  await page.getByLabel("No reply needed").check();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Send question" }).click();
  await page.locator(".receipt__reference").waitFor();
  const address = await scanned(page);
  assert.match(address, new RegExp(`^${server.url}/bring#\\d+$`), "it leads to the visitor's own phone, not to a terminal");
  assert.equal(await page.getByLabel("Open a file").count(), 0);
  await open(page, `${server.url}/k/dock-guest/bring${new URL(address).hash}`);
  assert.equal(await page.getByRole("button", { name: "Add it" }).count(), 0);
  const phone = await device();
  await open(phone.page, address);
  await phone.page.getByRole("button", { name: "Add it" }).click();
  await server.received("inquiries", 1);
  await phone.context.close();
  await context.close();
  await server.stop();
});
