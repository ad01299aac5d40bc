// Faults of public terminals: a visitor must not be able to read anything of the previous visitor.
import test from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import { hub, device, open, ready, offlineReady, stored, filesBelow, OTHER_SITE } from "../hub/hub.mjs";

const MARKER = "zebrafish-umbrella-4417";
const VISITORS = Number(process.env.HUB_VISITORS ?? 100);

/** Opens the form by the terminal's own links and enters a question. */
async function write(page, words) {
  await page.getByRole("link", { name: "Ask us", exact: true }).click();
  await page.getByLabel("Your question").fill(words);
  await page.getByLabel("By phone").check();
  await page.locator("#phone").fill("705-555-0142");
}

async function send(page, words) {
  await write(page, words);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Send question" }).click();
  await page.locator(".receipt__reference").waitFor();
}

async function done(page) {
  const loaded = page.waitForEvent("load");
  await page.getByRole("button", { name: "I’m done" }).click();
  await loaded;
  await ready(page);
}

/** Everything that the page itself could reveal about a visitor. */
const traces = (page) =>
  page.evaluate(() => {
    // A blank page, before the first load, has no storage.
    const drawers = location.protocol === "about:" ? [] : [{ ...localStorage }, { ...sessionStorage }];
    return JSON.stringify([location.href, history.length, history.state, document.body.innerText, [...document.querySelectorAll("input, textarea")].map((field) => field.value), drawers]);
  });

test("a terminal opens by its address, says what it is in both languages, keeps to it, and an unknown one is no page", async () => {
  const server = await hub();
  const { context, page } = await device({ width: 1280, height: 800 });
  await open(page, `${server.url}/k/try-it`);
  await page.getByText("Anyone can use this terminal.").waitFor();
  await page.getByText("Cette borne est pour tout le monde.").waitFor();
  assert.equal(await page.getByRole("link", { name: "Messages" }).count(), 0, "others' messages are nobody's to see");
  await page.getByRole("combobox").fill("dog licence");
  await page.getByRole("option").first().click();
  await page.getByRole("heading", { level: 1, name: "Get a dog licence" }).waitFor();
  assert.match(page.url(), /\/k\/try-it\/services\/dog-licence$/);
  await page.reload();
  await ready(page);
  assert.ok(await page.getByRole("button", { name: "I’m done" }).isVisible(), "it is the same terminal after a reload");
  await page.getByRole("link", { name: "Français" }).click();
  await page.getByRole("button", { name: "J’ai terminé" }).waitFor();
  assert.match(page.url(), /\/k\/try-it\/fr\/services\/dog-licence$/);
  await open(page, `${server.url}/k/try-it/messages`);
  await page.getByRole("heading", { level: 1, name: "Page not found" }).waitFor();
  await open(page, `${server.url}/k/no-such-terminal`);
  assert.equal(await page.getByRole("button", { name: "I’m done" }).count(), 0);
  await context.close();
  await server.stop();
});

test("a link out of a terminal opens nothing: it is shown as a code for the visitor's own phone", async () => {
  const server = await hub();
  const { context, page } = await device({ width: 1280, height: 800 });
  await open(page, `${server.url}/k/try-it/services/property-tax-payment`);
  await page.locator("main a[rel~='external']").first().click();
  const dialog = page.getByRole("dialog", { name: "Open this on your phone" });
  await dialog.getByRole("img").waitFor();
  assert.match(page.url(), /\/k\/try-it\//);
  await dialog.getByRole("button", { name: "Close" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.locator(".header a[href^='tel:']").first().click();
  await page.getByRole("dialog").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.locator("main a[rel~='external']").first().click({ modifiers: ["Control"] });
  await page.getByRole("dialog").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  // The middle button does what the main one does, in the same window.
  await page.locator("main .crumb a").first().click({ button: "middle" });
  await page.waitForURL(/\/k\/try-it\/topics\//);
  assert.equal(context.pages().length, 1, "no other window either");
  await context.close();
  await server.stop();
});

test("a visitor takes a page along from a terminal, as a code or on paper, but nothing that somebody wrote", async () => {
  const server = await hub();
  const { context, page } = await device({ width: 1280, height: 800 });
  await page.addInitScript(() => { window.print = () => { window.printed = true; }; });
  await open(page, `${server.url}/k/try-it/services/dog-licence`);
  const take = page.getByRole("button", { name: "Take this with me" });
  await take.click();
  const dialog = page.getByRole("dialog", { name: "Take this with me" });
  await dialog.getByRole("img", { name: "Take this with me" }).waitFor();
  await dialog.getByText(`${server.url}/services/dog-licence`, { exact: true }).waitFor();
  await dialog.getByRole("button", { name: "Print this page" }).click();
  assert.ok(await page.evaluate(() => window.printed));
  await page.emulateMedia({ media: "print" });
  assert.ok(!(await dialog.isVisible()), "the page is printed, not the dialog");
  const paper = await page.evaluate(() => document.body.innerText);
  assert.ok(paper.includes(`${server.url}/services/dog-licence`), "paper says where it came from");
  assert.ok(!paper.includes("Open until") && !paper.includes("/api/"), paper);
  await page.emulateMedia({ media: null });
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.getByRole("link", { name: "Find", exact: true }).click();
  await page.getByRole("combobox").fill(MARKER);
  await page.getByRole("combobox").press("Enter");
  await take.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Ask us", exact: true }).click();
  await page.getByLabel("Your question").waitFor();
  assert.equal(await take.count(), 0, "nor where a person writes");
  await page.getByRole("link", { name: "Locations", exact: true }).click();
  await take.waitFor();
  await context.close();
  await server.stop();
});

test("fault_40 a visitor walks away in the middle of a form: a warning that any key extends, then a clean start, and nothing can be got back", async () => {
  const server = await hub();
  const { context, page } = await device();
  await page.clock.install();
  await open(page, `${server.url}/k/try-it`);
  await write(page, MARKER);
  await page.clock.runFor(85_000);
  assert.equal(await page.getByRole("dialog").count(), 0);
  await page.clock.runFor(10_000);
  await page.getByRole("dialog", { name: "Are you still there?" }).waitFor();
  assert.match(await page.getByRole("dialog").innerText(), /Starting over in \d+ seconds/);
  await page.keyboard.press("Shift");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("Your question").inputValue(), MARKER, "what was typed is still there");
  await page.clock.runFor(100_000);
  await page.getByRole("dialog", { name: "Are you still there?" }).waitFor();
  const loaded = page.waitForEvent("load");
  await page.clock.runFor(30_000);
  await loaded;
  await ready(page);
  assert.equal(new URL(page.url()).pathname, "/k/try-it");
  assert.ok(!(await traces(page)).includes(MARKER));
  await page.getByRole("link", { name: "Ask us", exact: true }).click();
  assert.equal(await page.getByLabel("Your question").inputValue(), "");
  await context.close();
  await server.stop();
});

test("fault_41 back, forward, reload and restored pages show nothing of the visitor before", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, `${server.url}/k/try-it`);
  await page.getByRole("combobox").fill(`${MARKER} sought`);
  await page.getByRole("combobox").press("Enter");
  assert.ok(!page.url().includes(MARKER), "nor does the address, while they are there");
  await write(page, MARKER);
  const before = await page.evaluate(() => history.length);
  await done(page);
  for (const go of [() => page.goBack(), () => page.goForward(), () => page.reload(), () => page.goBack(), () => page.goForward()]) {
    await go().catch(() => {});
    await page.waitForTimeout(300);
    assert.ok(!(await traces(page)).includes(MARKER));
  }
  assert.ok((await page.evaluate(() => history.length)) <= before);
  await open(page, `${server.url}/k/try-it/ask`);
  for (const label of ["#message", "#name"]) {
    const field = page.locator(label);
    assert.deepEqual([await field.inputValue(), await field.getAttribute("autocomplete")], ["", "off"], label);
  }
  await context.close();
  await server.stop();
});

test(`fault_11 fault_12 after ${VISITORS} visitors no file of the terminal's profile holds a word of any, and the office has them all`, async () => {
  const server = await hub();
  const { context, page, profile } = await device();
  await open(page, `${server.url}/k/try-it`);
  await offlineReady(page);
  for (let visitor = 0; visitor < VISITORS; visitor += 1) {
    await send(page, `${MARKER} ${visitor}`);
    await done(page);
  }
  await server.received("inquiries", VISITORS);
  const heads = (await stored(page)).heads.length;
  await context.close();
  assert.ok(heads > 0, "they were really kept there");
  for (const file of filesBelow(profile)) {
    const bytes = fs.readFileSync(file);
    for (const text of [MARKER, "705-555-0142"]) {
      assert.ok(!bytes.includes(text) && !bytes.includes(Buffer.from(text, "utf16le")), `${file} holds ${text}`);
    }
  }
  assert.equal(new Set(server.rows("inquiries").map((row) => row.content.inquiry.message)).size, VISITORS);
  await server.stop();
});

test("fault_10 on a terminal that forgets everything it is said before typing, nothing is ever called kept, and what could not go is not left behind", async () => {
  const server = await hub({ site: OTHER_SITE });
  const { context, page } = await device();
  await open(page, `${server.url}/k/dock-guest`);
  await offlineReady(page);
  await page.getByRole("link", { name: "Ask us", exact: true }).click();
  await page.getByText("Nothing is saved here: messages are sent at once.").waitFor();
  await send(page, "sent at once");
  await page.getByText("The City has received it.").first().waitFor();
  // The form to add something says the same as the form for a question.
  const said = (await page.locator("main").innerText()).replace("Nothing is saved here: messages are sent at once.", "");
  assert.doesNotMatch(said, /\bkept\b|\bsaved\b/i);
  await done(page);
  await server.stop();
  // Probes are at least two seconds apart.
  await page.waitForTimeout(2_100);
  await page.evaluate(() => window.dispatchEvent(new Event("offline")));
  await page.getByRole("link", { name: "Ask us", exact: true }).click();
  await page.getByText("No connection: we can’t send messages from here.").waitFor();
  await send(page, "never goes");
  await page.getByText("Not received yet. Nothing is stored here").waitFor();
  assert.doesNotMatch(await page.locator("main").innerText(), /\bkept\b|\bsaved\b/i);
  await done(page);
  assert.equal((await stored(page)).heads.length, 1, "only what was received is remembered, without its secret");
  await context.close();
});
