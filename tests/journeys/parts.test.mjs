// The app arrives in two parts. What a person does before the second is here, or when it does not
// come.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, device, open } from "../hub/hub.mjs";

const SECOND = "**/app-second-*.wasm";

/** A device whose requests for the second part `answer` handles. */
async function deviceWith(answer) {
  const own = await device({ serviceWorkers: "block" });
  await own.page.route(SECOND, answer);
  return own;
}

/** Fails the first `count` requests. */
function failing(count) {
  let failed = 0;
  return (route) => (failed++ < count ? route.abort() : route.continue());
}

test("a question waits for the second part, and nothing typed is lost", async () => {
  const server = await hub();
  const { page, close } = await deviceWith(failing(2));
  await open(page, `${server.url}/ask`);
  await page.getByLabel("Your question").fill("Words that wait");
  await page.getByLabel("No reply needed").check();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { name: "One moment" }).waitFor();
  const call = page.locator("#main .phone");
  await call.focus();
  // Another failed attempt leaves the page as it is.
  await page.waitForTimeout(5_500);
  if (await page.getByRole("heading", { name: "One moment" }).isVisible()) {
    assert.ok(await call.evaluate((link) => link === document.activeElement), "the focus stays on the number");
  }
  await page.getByRole("heading", { name: "Check your question" }).waitFor();
  assert.ok((await page.locator("main").innerText()).includes("Words that wait"));
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  await page.getByRole("button", { name: "Send question" }).click();
  await page.getByText("The City has received it.").waitFor();
  assert.equal(server.rows("inquiries").length, 1);
  await close();
  await server.stop();
});

test("a page of the second part that is opened by its address starts when the part comes", async () => {
  const server = await hub();
  const { page, close } = await deviceWith(failing(1));
  await page.goto(`${server.url}/messages`);
  await page.locator("#failure").waitFor();
  await page.locator("#shell").waitFor({ state: "detached" });
  assert.ok(await page.locator("#failure").isHidden(), "the failure is over");
  await page.getByRole("heading", { name: "My messages" }).waitFor();
  await close();
  await server.stop();
});

test("a public terminal clears what was typed although the second part never comes", async () => {
  const server = await hub();
  const { page, close } = await deviceWith(() => {});
  await open(page, `${server.url}/k/try-it/ask`);
  await page.getByLabel("Your question").fill("For nobody else");
  await page.getByRole("button", { name: "I’m done" }).click();
  await page.waitForURL((url) => url.pathname === "/k/try-it");
  await open(page, `${server.url}/k/try-it/ask`);
  assert.equal(await page.getByLabel("Your question").inputValue(), "");
  await close();
  await server.stop();
});
