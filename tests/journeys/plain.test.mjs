// Without scripts: search by a plain form, filters, locations near a place, a trip by its address.
// And with scripts: the app takes over the page of results without moving anything.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, device } from "../hub/hub.mjs";

test("whoever has no scripts finds a service, narrows the results and reads its facts", async () => {
  const server = await hub();
  const { context, page } = await device({ javaScriptEnabled: false });
  await page.goto(server.url);
  await page.getByLabel("Say it in your own words").fill("how much is a dog licence?");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  assert.match(page.url(), /\/search\?q=how\+much\+is\+a\+dog\+licence%3F$/);
  assert.equal(await page.getByLabel("Say it in your own words").inputValue(), "how much is a dog licence?");
  assert.match(await page.locator(".answer").innerText(), /\$/, "the answer stands above the results");
  await page.locator(".answer").getByRole("link", { name: "Get a dog licence" }).click();
  await page.getByRole("heading", { level: 1, name: "Get a dog licence" }).waitFor();

  await page.goto(`${server.url}/search?q=permit`);
  const count = async () => parseInt(await page.locator(".results-count").innerText());
  const all = await count();
  await page.getByText("Filter results").click();
  await page.getByLabel("Who it’s for").selectOption("business");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  assert.ok((await count()) < all);
  assert.equal(await page.getByLabel("Who it’s for").inputValue(), "business", "the choice stays");
  assert.equal(await page.locator("button[type=button]:visible").count(), 0, "nothing is offered that only a script answers");
  await context.close();
  await server.stop();
});

test("a search without scripts is in the reader's language, and what was typed is only text", async () => {
  const server = await hub();
  const { context, page } = await device({ javaScriptEnabled: false });
  await page.goto(`${server.url}/fr`);
  const words = `permis de chien "><img src=x>`;
  await page.getByLabel("Dites-le dans vos mots").fill(words);
  await page.getByRole("button", { name: "Chercher", exact: true }).click();
  assert.match(page.url(), /\/fr\/search\?q=/);
  assert.equal(await page.getByLabel("Dites-le dans vos mots").inputValue(), words);
  assert.equal(await page.locator("img").count(), 0);
  await page.getByRole("link", { name: "English" }).click();
  assert.equal(await page.getByLabel("Say it in your own words").inputValue(), words, "in the other language too");
  await context.close();
  await server.stop();
});

test("locations and trips without scripts know what is open, how far it is and where to go", async () => {
  const server = await hub();
  const { context, page } = await device({ javaScriptEnabled: false });
  await page.goto(`${server.url}/hubs`);
  assert.ok((await page.locator(".hub-state--open, .hub-state--closed").count()) > 10);
  await page.getByText("Find the nearest").click();
  await page.locator("#near").fill("Fenelon Falls");
  await page.getByRole("button", { name: "Nearest first" }).click();
  assert.match(page.url(), /\/hubs\?near=Fenelon\+Falls$/);
  assert.match(await page.locator(".hub-card__far").first().innerText(), /km|m/);
  await page.goto(`${server.url}/trip?do=s.dog-licence`);
  await page.locator("#places").waitFor();
  assert.ok((await page.locator(".stops > li").count()) > 0);
  await context.close();
  await server.stop();
});

test("the app takes over a page of results: the same words, the same place, and what was typed since", async () => {
  const server = await hub();
  const { context, page } = await device({ width: 1280, height: 800, serviceWorkers: "block" });
  await page.addInitScript(() => {
    globalThis.shifted = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (globalThis.shifted += entry.value))).observe({ type: "layout-shift", buffered: true });
  });
  const plain = await (await fetch(`${server.url}/search?q=dog+licence`)).text();
  const [, first] = /class="cards cards--found">.*?service-card__name[^>]*>([^<]+)</.exec(plain);
  await page.goto(`${server.url}/search?q=dog+licence`);
  await page.locator("#shell").waitFor({ state: "detached" });
  assert.equal(await page.locator(".cards--found .service-card__name").first().innerText(), first);
  assert.equal(await page.locator("#q").inputValue(), "dog licence");
  assert.equal(await page.getByRole("listbox").count(), 0, "nobody has typed anything");
  assert.ok((await page.evaluate(() => globalThis.shifted)) < 0.02, "nothing moves");

  // The app itself comes late: what was typed meanwhile is searched for.
  const typing = async (route) => {
    await page.locator("#shell #q").fill("marriage");
    await route.continue();
  };
  await page.route(/\.wasm$/, typing, { times: 1 });
  await page.goto(`${server.url}/search?q=dog+licence`);
  await page.locator("#shell").waitFor({ state: "detached" });
  assert.equal(await page.locator("#q").inputValue(), "marriage");
  assert.match(page.url(), /q=marriage$/);
  // The place that was typed is in no address once the app is there.
  await page.goto(`${server.url}/hubs?near=Lindsay`);
  await page.locator("#shell").waitFor({ state: "detached" });
  assert.ok((await page.locator(".hub-card__far").count()) > 0);
  assert.match(page.url(), /\/hubs$/);
  await context.close();
  await server.stop();
});
