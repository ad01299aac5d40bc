// Without scripts: search by a plain form, filters, locations near a place, a trip by its address,
// a question with its status, and the survey. And with scripts: the app takes over the page of
// results without moving anything, and a form that is sent before it has started is answered all
// the same.
import test from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { findings } from "../hub/axe.mjs";
import { hub, device } from "../hub/hub.mjs";

const BIN = process.env.HUB_BIN ?? "target/debug/community-hub";
const MARKER = "zebrafish-umbrella-4417";

const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

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

/** Asks a question by phone on the page that is open, up to its receipt. Returns the receipt. */
async function askPlainly(page, look = async () => {}) {
  await page.getByLabel("Your question").fill(MARKER);
  await press(page, "Continue");
  await page.getByRole("heading", { name: "There is a problem" }).waitFor();
  await look();
  await page.getByLabel("By phone").check();
  await page.getByLabel("Phone number").fill("705-555-0123");
  await press(page, "Continue");
  await heading(page, "Check your question");
  await look();
  await press(page, "Send question");
  await heading(page, "We received your question");
  await look();
  assert.match(page.url(), /\/ask$/, "nothing of it is in the address");
  return { reference: await page.locator(".receipt__reference").innerText(), secret: await page.locator(".receipt__secret").innerText() };
}

/** Answers the survey on its first page up to the thanks: one answer, and the rest skipped. */
async function answerPlainly(page, look = async () => {}) {
  await press(page, "Start");
  await page.locator(".choice label").nth(2).click();
  await press(page, "Next");
  await look();
  while (!(await page.getByRole("heading", { level: 1, name: "Check your answers" }).isVisible())) await press(page, "Skip this question");
  await look();
  await press(page, "Send answers");
  await heading(page, "Thank you");
  await look();
}

test("whoever has no scripts asks, follows the question to its reply, and answers the survey to its end", async () => {
  const server = await hub();
  const { context, page } = await device({ javaScriptEnabled: false });
  await page.goto(`${server.url}/ask`);
  const { reference, secret } = await askPlainly(page);
  await page.reload();
  await heading(page, "We received your question");
  assert.equal(await page.locator(".receipt__secret").innerText(), secret, "sent twice, counted once");
  await server.received("inquiries", 1);
  assert.equal(server.rows("inquiries").length, 1);
  await press(page, "Check my question");
  await heading(page, "Check my question");
  assert.deepEqual(await page.locator(".tick--done strong").allInnerTexts(), ["Received"]);
  execFileSync(BIN, ["stage", reference, "answered", "--site", server.site, "--data-dir", server.data]);
  await page.goto(`${server.url}/fr/status`);
  await page.getByLabel("Numéro de référence").fill(reference.toLowerCase());
  await page.getByLabel("Code de suivi").fill("0001");
  await press(page, "Vérifier");
  await page.getByText("Le code de suivi compte 32 lettres et chiffres").waitFor();
  await page.getByLabel("Code de suivi").fill(secret);
  await press(page, "Vérifier");
  await page.locator(".tick--done", { hasText: "Réponse envoyée" }).waitFor();
  assert.match(page.url(), /\/fr\/status$/);

  await page.goto(`${server.url}/s/P1ABCD`);
  await answerPlainly(page);
  await page.reload();
  await heading(page, "Thank you");
  await server.received("feedback", 1);
  const [{ content: { feedback } }, ...more] = server.rows("feedback");
  assert.deepEqual([feedback.way, feedback.collector, feedback.seconds, more.length], ["poster", "P1ABCD", null, 0]);
  assert.deepEqual(server.rows("tallies").map((row) => [row.step, Number(row.count)]).sort(), [["opened", 1], ["started", 1]]);
  assert.ok(!server.said.includes(MARKER) && !server.said.includes(reference), "and none of it is in the log");
  await context.close();
  await server.stop();
});

test("without scripts, what was typed goes with the person: back to the form, and into the other language", async () => {
  const server = await hub();
  const { context, page } = await device({ javaScriptEnabled: false });
  await page.goto(`${server.url}/ask?service=dog-licence`);
  const words = `Où est\nle « bureau »? "><img src=x>`;
  await page.getByLabel("Your question").fill(words);
  await page.getByLabel("No reply needed").check();
  await press(page, "Continue");
  await press(page, "Français");
  await heading(page, "Poser une question");
  assert.equal(await page.getByLabel("Votre question").inputValue(), words);
  assert.ok(await page.getByLabel("Aucune réponse nécessaire").isChecked());
  await page.locator(".about-line").waitFor();
  await press(page, "Continuer");
  await heading(page, "Vérifiez votre question");
  await press(page, "Retour");
  assert.equal(await page.getByLabel("Votre question").inputValue(), words);
  assert.equal(await page.locator("img").count(), 0);
  await context.close();
  await server.stop();
});

test("a form that is sent before the app has started is answered by the server, on pages that everybody can use", async () => {
  const server = await hub();
  const { context, page } = await device({ bypassCSP: true, serviceWorkers: "block" });
  // The app never arrives.
  await page.route(/\.wasm$/, () => {});
  const look = async () => {
    assert.deepEqual(await findings(page), [], page.url());
    const [wide, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= shown, `${page.url()} is ${wide} pixels wide`);
    assert.equal(await page.locator("button[type=button]").count(), 0, "nothing is offered that only a script answers");
  };
  await page.goto(`${server.url}/ask`);
  await askPlainly(page, look);
  await press(page, "Check my question");
  await heading(page, "Check my question");
  await look();
  await page.goto(`${server.url}/feedback`);
  await answerPlainly(page, look);
  await server.received("inquiries", 1);
  await server.received("feedback", 1);
  await context.close();
  await server.stop();
});
