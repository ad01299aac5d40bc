// The status of a question: from its receipt, on another device, by its code, and offline as last
// known.
import test from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { hub, device, open, offlineReady, ask, received } from "../hub/hub.mjs";

const BIN = process.env.HUB_BIN ?? "target/debug/community-hub";

test("a receipt alone shows on any device how far a question is; offline it shows what was last known", async () => {
  const server = await hub();
  const own = await device();
  await open(own.page, server.url);
  await offlineReady(own.page);
  const reference = await ask(own.page, "When is garbage day?", { base: server.url });
  await received(own.page);
  const secret = await own.page.locator(".receipt__secret").innerText();
  const stage = (word, of = reference) => execFileSync(BIN, ["stage", of, word, "--site", server.site, "--data-dir", server.data]);
  stage("in-progress");
  const other = await device({ width: 1280, height: 800 });
  const { page } = other;
  await open(page, `${server.url}/status`);
  await page.getByLabel("Reference number").fill(reference.toLowerCase());
  await page.getByLabel("Tracking code").fill("0001");
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.getByText("The tracking code has 32 letters and digits").waitFor();
  const digits = secret.replaceAll(" ", "");
  await page.getByLabel("Tracking code").fill(digits.slice(0, -1) + (digits.endsWith("0") ? "1" : "0"));
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.getByText("We can’t find this question.").waitFor();
  await page.getByLabel("Tracking code").fill(secret.toUpperCase());
  await page.getByRole("button", { name: "Check", exact: true }).click();
  const reached = async () => page.locator(".tick--done strong").allInnerTexts();
  await page.getByRole("heading", { name: `Reference number ${reference}` }).waitFor();
  assert.deepEqual(await reached(), ["Received", "In progress"]);
  stage("answered");
  // The code on the receipt shows the same status, and leaves nothing in the address.
  await open(page, `${server.url}/status#${reference}.${digits}`);
  await page.getByRole("heading", { name: `Reference number ${reference}` }).waitFor();
  assert.deepEqual(await reached(), ["Received", "In progress", "Reply sent"]);
  assert.equal(new URL(page.url()).hash, "");
  // The person's own device notices the reply when the app is opened, and leads to it in one tap.
  await open(own.page, server.url);
  await own.page.getByRole("link", { name: /Messages\s+1\s+New reply/ }).waitFor();
  await own.page.getByRole("link", { name: "You have a reply from the City" }).click();
  await own.page.getByRole("heading", { level: 1, name: "The City replied to your question" }).waitFor();
  assert.ok(!(await own.page.locator(".receipt").isVisible()), "the receipt is folded");
  await own.page.getByText("Show the receipt").click();
  assert.equal(await own.page.locator(".receipt__reference").innerText(), reference);
  await own.page.getByRole("link", { name: "My messages" }).click();
  await own.page.locator(".message-card", { hasText: "Reply sent" }).waitFor();
  assert.equal(await own.page.locator(".places__count").count(), 0, "what was read is no news");
  // A reply that comes while the page of its question is open is shown there.
  const second = await ask(own.page, "And the week after?", { base: server.url });
  await received(own.page);
  stage("answered", second);
  await own.page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 600_000;
    dispatchEvent(new Event("online"));
  });
  await own.page.getByRole("heading", { level: 1, name: "The City replied to your question" }).waitFor();
  await own.page.locator(".tick--done", { hasText: "Reply sent" }).waitFor();
  await offlineReady(page);
  await server.stop();
  await open(page, `${server.url}/status`);
  await page.getByLabel("Reference number").fill(reference);
  await page.getByLabel("Tracking code").fill(secret);
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.getByText("This may be out of date.").waitFor();
  assert.deepEqual(await reached(), ["Received", "In progress", "Reply sent"]);
  await own.close();
  await other.close();
});
