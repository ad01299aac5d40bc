// The main task in another browser engine: reading, writing and storing there do not depend on
// Chromium.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, firefox, open, ready, ask, received, offlineReady } from "../hub/hub.mjs";

test("Firefox finds, asks and is answered; started again without a network it has everything, and keeps what is asked until it can go", async () => {
  const server = await hub();
  let { context, page, profile } = await firefox();
  const failures = [];
  page.on("pageerror", (error) => failures.push(String(error)));
  await open(page, server.url);
  await page.getByLabel("Say it in your own words").fill("my dog needs a licnce");
  await page.getByRole("option", { name: "Get a dog licence" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Get a dog licence" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  await page.getByRole("link", { name: "Ask about this" }).click();
  await page.getByLabel("Your question").fill("When does a puppy need one?");
  await page.getByLabel("No reply needed").check();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Send question" }).click();
  await page.getByRole("heading", { name: "Your question is saved" }).waitFor();
  const first = await page.locator(".receipt__reference").innerText();
  await received(page);
  await offlineReady(page);

  await server.stop();
  await page.reload();
  await ready(page);
  await page.getByRole("heading", { level: 1, name: "Your question is saved" }).waitFor();
  assert.equal(await page.locator(".receipt__reference").innerText(), first);
  const second = await ask(page, "And a grown dog?", { base: server.url });
  assert.deepEqual(failures, []);
  await context.close();

  ({ context, page } = await firefox({ profile }));
  await open(page, server.url);
  await page.getByLabel("Say it in your own words").fill("pothole");
  await page.getByRole("option", { name: "Report a pothole" }).first().waitFor();
  await open(page, `${server.url}/fr/services/dog-licence`);
  await page.getByText("Hors ligne").first().waitFor();
  await open(page, `${server.url}/messages`);
  await page.getByRole("link", { name: first }).waitFor();
  await page.getByText("Waiting to be sent").first().waitFor();
  await server.start();
  // On a slow machine it may have been sent automatically by now.
  await page.getByRole("button", { name: "Send now" }).click({ timeout: 3_000 }).catch(() => {});
  await page.getByRole("link", { name: second }).click();
  await received(page);
  await context.close();

  const inquiries = server.rows("inquiries");
  assert.deepEqual(inquiries.map(({ reference }) => reference).sort(), [first, second].sort());
  assert.equal(inquiries.find(({ reference }) => reference === first).content.inquiry.service, "dog-licence");
  await server.stop();
});
