// Search on the screen: in a person's own words, despite typing errors, in French, by keyboard
// alone, filtered, and with a clear answer if another organization is responsible.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, device, open } from "../hub/hub.mjs";

const first = (page) => page.getByRole("option").first().locator(".suggestion__name");

test("lay words, slips, French, whole questions and places lead to the right first answer, with the reason", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  const field = page.getByRole("combobox", { name: "Say it in your own words" });
  for (const [words, name] of [["they skipped my trash", "Report a missed collection"], ["dog lcience", "Get a dog licence"], ["déneigement", "Find out about snow plowing"], ["how do I get married at city hall", "Get married at City Hall"]]) {
    await field.fill(words);
    await first(page).filter({ hasText: name }).waitFor();
  }
  await field.fill("dog lcience");
  await page.getByText("Showing results for dog licence").waitFor();
  await field.fill("getting hitched");
  await page.locator(".service-card__why").first().filter({ hasText: "hitched" }).waitFor();
  await field.fill("coboconk library");
  await page.getByRole("option", { name: /Coboconk Library/ }).first().click();
  await page.getByRole("heading", { level: 1, name: "Coboconk Library" }).waitFor();
  await context.close();
  await server.stop();
});

test("the field is a combobox: keys walk through what was found, Enter takes it, Escape puts it away", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  const field = page.getByRole("combobox");
  assert.equal(await field.getAttribute("aria-expanded"), "false");
  await field.press("d");
  await page.getByRole("option").first().waitFor();
  assert.deepEqual([await field.getAttribute("aria-expanded"), await field.getAttribute("aria-controls")], ["true", "found"]);
  await field.fill("dog licence");
  await first(page).filter({ hasText: "Get a dog licence" }).waitFor();
  const count = await page.getByRole("option").count();
  const active = () => field.getAttribute("aria-activedescendant");
  assert.equal(await active(), null);
  await field.press("ArrowDown");
  assert.equal(await active(), "found-0");
  assert.equal(await page.locator("#found-0").getAttribute("aria-selected"), "true");
  await field.press("ArrowUp");
  assert.equal(await active(), null, "past the first is the field again");
  await field.press("ArrowUp");
  assert.equal(await active(), `found-${count - 1}`);
  await field.press("ArrowDown");
  await field.press("ArrowDown");
  await field.press("Escape");
  await page.getByRole("listbox").waitFor({ state: "detached" });
  assert.deepEqual([await field.inputValue(), await field.getAttribute("aria-expanded")], ["dog licence", "false"], "the words stay");
  assert.ok(await page.getByRole("heading", { name: "Most requested" }).isVisible(), "the page is back");
  await field.press("ArrowDown");
  await page.getByRole("listbox").waitFor();
  await field.press("ArrowDown");
  await field.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Get a dog licence" }).waitFor();
  await page.goBack();
  await page.getByRole("combobox").fill("dog");
  await page.getByRole("combobox").press("Enter");
  await page.getByRole("heading", { level: 1, name: "Find a service" }).waitFor();
  assert.equal(new URL(page.url()).search, "?q=dog");
  await context.close();
  await server.stop();
});

test("results are narrowed by topic, audience, way and hub, each with its count, and the address says so", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, `${server.url}/search?q=dog+licence`);
  const fold = page.locator(".facets summary");
  await fold.click();
  const count = async () => Number((await page.locator(".results-count").innerText()).match(/^\d+/)[0]);
  const all = await count();
  const way = page.getByLabel("How", { exact: true });
  const offered = await way.locator("option:not([hidden])").allInnerTexts();
  const online = offered.find((text) => text.startsWith("Online"));
  await way.selectOption("online");
  await page.waitForURL(/how=online/);
  assert.equal(await count(), Number(online.match(/\((\d+)\)/)[1]), "as many as the choice said");
  assert.ok((await count()) < all);
  assert.equal(await fold.innerText(), "Filter results: online");
  assert.equal(await way.evaluate((field) => field === document.activeElement || field.isConnected), true);
  await page.getByLabel("Topic", { exact: true }).selectOption("animals-bylaws");
  await page.waitForURL(/topic=animals-bylaws&how=online/);
  await page.reload();
  await page.locator(".cards--found").waitFor();
  await fold.click();
  assert.deepEqual([await page.getByLabel("Topic", { exact: true }).inputValue(), await page.getByLabel("How", { exact: true }).inputValue()], ["animals-bylaws", "online"]);
  for (const text of await page.locator(".cards--found .service-card__meta").allInnerTexts()) assert.match(text, /online/);
  await page.getByLabel("Location", { exact: true }).selectOption("city-hall");
  await page.waitForURL(/at=city-hall/);
  assert.ok((await count()) >= 1);
  await context.close();
  await server.stop();
});

test("Enter shows all results, as the button does; back leads to the same result; a held key and a double click do what one press does", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await page.getByRole("combobox").fill("garbage");
  await page.getByRole("combobox").press("Enter");
  await page.waitForURL(/search\?q=garbage/);
  const all = await page.locator(".cards--found .card").count();
  assert.ok(all > 8, `${all} results, not the suggestions`);
  const first = await page.locator(".cards--found .card").first().boundingBox();
  assert.ok(first.y + 48 < 640 - 60, `the first result begins at ${first.y}`);
  const far = page.locator(".cards--found .card a").nth(7);
  const href = await far.getAttribute("href");
  await far.click();
  await page.waitForURL(`**${href}`);
  await page.goBack();
  await page.waitForFunction((href) => document.activeElement?.getAttribute("href") === href && scrollY > 200, href);

  await far.click();
  const trip = page.locator(".trip-button").first();
  await trip.dblclick();
  await page.locator(".trip-line").waitFor();
  await page.getByRole("button", { name: /On my trip/ }).focus();
  for (let held = 0; held < 2; held += 1) await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await page.locator(".trip-line").waitFor({ state: "detached" });
  await context.close();
  await server.stop();
});

test("what another government does is said to be so, and nonsense finds nothing but a way on", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, `${server.url}/search?q=renew+my+passport`);
  await page.getByRole("heading", { name: "This isn’t a City service" }).waitFor();
  assert.equal(await page.locator(".service-card").count(), 0);
  assert.equal(await page.locator(".results-count").count(), 0);
  await open(page, `${server.url}/fr/search?q=passeport`);
  await page.getByText("adressez-vous au gouvernement fédéral").waitFor();
  await open(page, `${server.url}/search?q=qwertyuiop`);
  await page.getByRole("heading", { name: "No service matches these words." }).waitFor();
  await page.getByRole("link", { name: "Ask us this question" }).click();
  assert.equal(await page.getByLabel("Your question").inputValue(), "qwertyuiop");
  await context.close();
  await server.stop();
});

test("words that find nothing reach the office as sums, and nothing personal does", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  const field = page.getByRole("combobox");
  const look = async (words) => {
    await field.fill(words);
    await field.press("Enter");
    await page.getByRole("heading", { name: "No service matches these words." }).waitFor();
  };
  await look("Zeppelin landing qqq");
  await look("zeppelin  landing QQQ");
  await look("i am zzyzx qqq");
  await look("zzyzx qqq 7055550199");
  await server.received("gaps", 1);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const printed = server.export("gaps");
  assert.match(printed.trim(), /^\{"language":"en","month":"\d{4}-\d\d","searches":"1","words":"zeppelin landing qqq"\}$/, "once a page, in small letters");
  await context.close();
  await server.stop();
});

test("an error is reported in two taps, without a network, and the office learns record and field", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, `${server.url}/services/dog-licence`);
  await context.setOffline(true);
  await page.getByText("Report an error").click();
  await page.getByRole("button", { name: "Cost", exact: true }).click();
  await page.getByText("Thank you. Your report is saved and will be sent.").waitFor();
  await open(page, `${server.url}/hubs/city-hall`).catch(() => {});
  await context.setOffline(false);
  await open(page, `${server.url}/hubs/city-hall`);
  await page.getByText("Report an error").click();
  await page.getByRole("button", { name: "Hours", exact: true }).click();
  await page.getByText("Thank you. Your report is saved and will be sent.").waitFor();
  await server.received("corrections", 2);
  const rows = server.rows("corrections").map((row) => row.content.correction);
  assert.deepEqual(rows.map((row) => [row.service ?? row.hub, row.field]), [["dog-licence", "fee"], ["city-hall", "hours"]]);
  await context.close();
  await server.stop();
});
