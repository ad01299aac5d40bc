// The main task in the engine of Safari, which half of all phones have.
import test from "node:test";
import assert from "node:assert/strict";
import { hub } from "../hub/hub.mjs";
import { webkit } from "../hub/webkit.mjs";

/** Asks a question on its page, and waits until it is called saved. */
async function ask(page, words) {
  await page.type("#message", words);
  await page.click("label", "No reply needed");
  await page.click("button", "Continue");
  await page.click("button", "Send question");
  await page.find("h1", "Your question is saved");
}

test("WebKit finds, asks, keeps a question while there is no server, delivers it once, and shows the receipt", async () => {
  const server = await hub();
  const page = await webkit();
  await page.open(server.url);
  await page.typeUntil("[role=combobox]", "my dog needs a licnce", ["[role=option]", "Get a dog licence"]);
  await page.click("[role=option]", "Get a dog licence");
  await page.find("h1", "Get a dog licence");
  await page.click("a", "Ask about this");
  await ask(page, "When does a puppy need one?");
  await page.find("main", "The City has received it.");
  await page.find(".receipt__reference");
  const first = await page.text(".receipt__reference");
  await page.until("return navigator.serviceWorker.controller !== null", "the service worker");

  await server.stop();
  await page.reload();
  await page.ready();
  await page.find("h1", "Your question is saved");
  // The receipt is there without a server.
  await page.find(".receipt__reference", first);
  await page.open(`${server.url}/fr/services/dog-licence`);
  await page.find("body", "Hors ligne");
  await page.open(`${server.url}/ask`);
  await ask(page, "And a grown dog?");
  await page.find(".receipt__reference");
  const second = await page.text(".receipt__reference");
  await page.reload();
  await page.ready();
  // Kept, not only shown.
  await page.find(".receipt__reference", second);

  await server.start();
  await page.open(`${server.url}/messages`);
  await page.find("a", second);
  await page.run("[...document.querySelectorAll('button')].find((button) => button.innerText.includes('Send now'))?.click()");
  await page.follow(second);
  await page.find("main", "The City has received it.");
  await page.close();
  assert.deepEqual(server.rows("inquiries").map(({ reference }) => reference).sort(), [first, second].sort());
  await server.stop();
});

test("fault_65 a page that WebKit keeps in mid-work does not block the store of the next one", async () => {
  const server = await hub();
  const page = await webkit();
  await page.open(server.url);
  await page.until("return navigator.serviceWorker.controller !== null", "the service worker");
  // Each page is left while it opens the store, reads and writes. WebKit keeps it for "Back".
  for (let visit = 0; visit < 12; visit += 1) {
    await page.go(`${server.url}/messages?visit=${visit}`);
    await new Promise((resolve) => setTimeout(resolve, 60 * visit));
  }
  await page.open(`${server.url}/ask`);
  await ask(page, "Does it still hold?");
  await page.find("main", "The City has received it.");
  await page.close();
  await server.stop();
});

test("WebKit takes a person through the survey, and a terminal forgets them", async () => {
  const server = await hub();
  const page = await webkit();
  await page.open(`${server.url}/k/try-it/feedback`);
  await page.click("a", "Start");
  for (let pages = 0; pages < 40 && !(await page.url()).endsWith("/feedback/check"); pages += 1) {
    const before = await page.url();
    if (await page.run("return document.querySelector('#comment') !== null")) await page.type("#comment", "Fine");
    else {
      // Sooner, a tap in the same place is taken for the rest of a double tap.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await page.click(".choice label");
    }
    // A tap on an answer may already have led on.
    if ((await page.url()) === before) await page.click("button", "Next");
    await page.until(`return location.href !== ${JSON.stringify(before)}`, `the page after ${before}`);
  }
  await page.click("button", "Send answers");
  await page.find("h1", "Thank you");
  await server.received("feedback", 1);
  await page.click("button", "I’m done");
  await page.ready();
  await page.until("return location.pathname.startsWith('/k/') && !location.pathname.includes('feedback')", "the terminal's first page");
  await page.close();
  await server.stop();
});
