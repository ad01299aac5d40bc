// The main task, end to end, in a real browser with the real catalogue.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, device, open, ready, ask, received, offlineReady } from "../hub/hub.mjs";

test("find, ask, say: offline, the browser started again, then synced, and the office can read it", async () => {
  const server = await hub();
  let { context, page, profile } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await server.stop();
  await context.close();

  ({ context, page } = await device({ profile }));
  await open(page, server.url);
  await page.getByLabel("Say it in your own words").fill("dog licnce");
  await page.getByRole("option", { name: "Get a dog licence" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Get a dog licence" }).waitFor();
  await page.getByText("You’re offline. The app still works").waitFor();
  await page.getByRole("link", { name: "Ask about this" }).click();
  await page.getByLabel("Your question").fill("My dog is three months old. When does it need a licence?");
  await page.getByRole("button", { name: "Remove this topic" }).click();
  await page.getByRole("button", { name: "Get a dog licence" }).click();
  await page.locator("#subject", { hasText: "Get a dog licence" }).waitFor();
  assert.equal(await page.getByText("Is it about one of these?").count(), 0);
  await page.getByLabel("By phone").check();
  await page.getByLabel("Phone number").fill("705-324-9411 ext. 12");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("705-324-9411 ext. 12").first().waitFor();
  await page.getByText("We aim to reply within 16 working hours after we receive it.").waitFor();
  await page.getByText("The City has not confirmed this time.").waitFor();
  await page.getByText("We’ll call you at the number you gave.").waitFor();
  await page.getByRole("button", { name: "Send question" }).click();
  await page.getByRole("heading", { name: "Your question is saved" }).waitFor();
  const reference = await page.locator(".receipt__reference").innerText();
  assert.match(reference, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]$/);
  assert.match(await page.locator(".ticks").innerText(), /Received by the City\s+not yet/);

  await page.getByRole("link", { name: "Feedback" }).first().click();
  await page.getByLabel("Which service was it about?").fill("barking dog");
  await page.getByRole("button", { name: /noise/ }).click();
  await page.locator("#subject", { hasText: /noise/ }).waitFor();
  await page.getByRole("link", { name: "Start" }).click();
  // A tap goes on; keys only choose. Sooner, a tap in the same place is taken for the rest of a
  // double tap.
  await page.getByText("Question 1 of").waitFor();
  await page.waitForTimeout(450);
  await page.locator(".choice label", { hasText: "By phone" }).click();
  await page.getByText("Question 2 of").waitFor();
  await page.getByLabel("Somewhat agree").focus();
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.getByLabel("Strongly agree").isChecked());
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByText("Question 3 of").waitFor();
  await page.locator(".choice label", { hasText: "Strongly agree" }).click();
  await page.getByText("Question 4 of").waitFor();
  while (!(await page.getByRole("heading", { name: "Check your answers" }).isVisible())) {
    const before = await page.title();
    await page.getByRole("button", { name: "Skip this question" }).click();
    await page.waitForFunction((title) => document.title !== title, before);
  }
  await page.getByRole("link", { name: /Change.*find the right service/ }).click();
  await page.getByLabel("Somewhat disagree").focus();
  await page.keyboard.press("Space");
  await page.goBack();
  await page.getByRole("button", { name: "Send answers" }).click();
  await page.getByRole("heading", { name: "Thank you" }).waitFor();
  assert.equal(await page.locator(".receipt").count(), 0, "nothing looks as if answers could be traced");

  await server.start();
  await page.getByRole("link", { name: "Messages" }).first().click();
  // On a slow machine it may have been sent automatically by now.
  await page.getByRole("button", { name: "Send now" }).click({ timeout: 3_000 }).catch(() => {});
  await page.getByText("Waiting to be sent").first().waitFor({ state: "detached" });
  await page.getByRole("link", { name: reference }).click();
  await received(page);
  await page.getByText(/We aim to reply by [A-Z][a-z]+, [A-Z][a-z]+ \d+\./).waitFor();
  await context.close();

  const [question] = server.rows("inquiries");
  assert.equal(question.reference, reference);
  assert.equal(question.content.inquiry.service, "dog-licence");
  assert.deepEqual(question.content.inquiry.reply_to, { phone: "705-324-9411 ext. 12" });
  const [feedback] = server.rows("feedback");
  assert.equal(feedback.content.feedback.service, "noise-complaint");
  const answers = Object.fromEntries(feedback.content.feedback.answers.answers);
  assert.deepEqual([answers.channel, answers.find, answers.informed], [{ choice: "phone" }, { scale: 5 }, { scale: 5 }]);
  assert.match(server.export("feedback", "csv").split("\r\n")[0], /,"channel","find","informed","barriers","privacy","knowledge",/);
  await server.stop();
});

test("every page has its address, title and one h1, in both languages, and reloads to the same", async () => {
  const server = await hub();
  const { context, page } = await device();
  const paths = ["/", "/search?q=dog", "/topics", "/topics/taxes-bills", "/life/moving-here", "/a-z", "/services/scrap-metal", "/hubs", "/hubs/city-hall", "/ask", "/ask/check", "/feedback", "/feedback/find", "/feedback/check", "/messages", "/messages/erase", "/bring", "/about", "/privacy", "/accessibility", "/nothing-here"];
  const titles = new Set();
  for (const [prefix, lang] of [["", "en"], ["/fr", "fr"]]) {
    for (const path of paths) {
      await open(page, server.url + prefix + (prefix && path === "/" ? "" : path));
      assert.equal(await page.locator("h1").count(), 1, prefix + path);
      assert.equal(await page.locator("html").getAttribute("lang"), lang);
      assert.ok(await page.locator(".lines__emergency").isVisible());
      titles.add(`${lang} ${await page.title()}`);
    }
  }
  assert.ok(titles.size >= 2 * (paths.length - 1), [...titles].join("\n"));
  await context.close();
  await server.stop();
});

test("back and forward, focus on the heading, the other language on the same page", async () => {
  const server = await hub();
  const { context, page } = await device({ width: 1280, height: 800 });
  await open(page, server.url);
  await page.getByRole("link", { name: "All locations and hours" }).click();
  await page.getByRole("heading", { level: 1, name: "Locations" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  await page.getByRole("link", { name: "City Hall" }).first().click();
  await page.getByRole("heading", { level: 1, name: /City Hall/ }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Locations" }).waitFor();
  await page.goForward();
  await page.getByRole("heading", { level: 1, name: /City Hall/ }).waitFor();
  await page.getByRole("link", { name: "Français" }).click();
  await page.getByRole("heading", { name: /Heures des 7 prochains jours/ }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/fr/hubs/city-hall");
  await page.getByRole("heading", { level: 1, name: /Hôtel de ville/ }).waitFor();
  await context.close();
  await server.stop();
});

test("errors are named beside their fields and on top, and nothing typed is lost", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, `${server.url}/ask?hub=city-hall`);
  await page.getByLabel("By phone").check();
  await page.getByLabel("Phone number").fill("no number");
  await page.getByLabel("Your name").fill("Sam");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForFunction(() => document.activeElement?.id === "error-summary");
  const summary = page.locator("#error-summary");
  assert.deepEqual(await summary.getByRole("listitem").allInnerTexts(), ["Write your question.", "Include the area code, such as 705-324-9411."]);
  await summary.getByRole("link").first().click();
  await page.waitForFunction(() => document.activeElement?.id === "message");
  assert.equal(await page.getByLabel("Phone number").inputValue(), "no number");
  assert.equal(await page.locator("#phone").getAttribute("aria-invalid"), "true");
  assert.match(await page.locator("#phone-error").innerText(), /area code/);
  await page.getByRole("link", { name: "Locations" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Locations" }).waitFor();
  await page.goBack();
  assert.equal(await page.getByLabel("Your name").inputValue(), "Sam", "leaving and coming back keeps the draft");
  await page.getByRole("link", { name: "Français" }).click();
  assert.equal(await page.getByLabel("Votre nom (facultatif)").inputValue(), "Sam", "so does the other language");
  await context.close();
  await server.stop();
});

test("what is erased from the device is gone from it, and the office still has it", async () => {
  const server = await hub();
  const { context, page } = await device();
  await ask(page, "Hello", { base: server.url });
  await received(page);
  await open(page, `${server.url}/messages/erase`);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("Choose what to delete.").waitFor();
  await page.getByLabel("Only messages the City received").check();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("Deleted.").waitFor();
  await open(page, `${server.url}/messages`);
  await page.getByText("No messages on this device.").waitFor();
  assert.equal(server.rows("inquiries").length, 1);
  await context.close();
  await server.stop();
});

test("the page before the app has a form that keeps what was typed, and the app takes it over", async () => {
  const server = await hub();
  const { context, page } = await device();
  await page.route("**/*.wasm", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await route.continue();
  });
  await page.goto(server.url);
  await page.locator("#shell #q").fill("pothole");
  assert.ok(await page.getByRole("link", { name: "Emergency: 911" }).isVisible());
  await ready(page);
  assert.equal(await page.getByLabel("Say it in your own words").inputValue(), "pothole");
  await page.getByRole("option", { name: "Report a pothole" }).first().waitFor();
  await context.close();
  await server.stop();
});

test("the emergency number and the City's number are on one line of a small phone, in both languages", async () => {
  const server = await hub();
  const { context, page } = await device({ width: 360, height: 740 });
  for (const path of ["", "/fr"]) {
    await open(page, server.url + path);
    const heights = await page.evaluate(() => [".lines__emergency", ".lines__contact"].map((part) => {
      const range = document.createRange();
      range.selectNodeContents(document.querySelector(part));
      return range.getBoundingClientRect().height;
    }));
    assert.ok(heights.every((height) => height < 27), `${path}: ${heights} px, where one line has about 18`);
    const [one, other] = await Promise.all([".lines__emergency", ".lines__contact"].map((part) => page.locator(part).boundingBox()));
    assert.ok(one.y < other.y + other.height && other.y < one.y + one.height, `${path}: side by side`);
  }
  await context.close();
  await server.stop();
});
