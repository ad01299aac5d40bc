// What the main pages are to somebody who hears them. Names, roles, states, headings and landmarks
// in reading order are files in heard/, read by a person: a change of any is seen in a review.
import test from "node:test";
import assert from "node:assert/strict";
import { OTHER_SITE, device, hub, open } from "../hub/hub.mjs";
import { accepted, spoken, tree } from "../hub/heard.mjs";

/** A Monday morning, so that "open now" is always the same. */
const NOW = new Date("2026-11-30T10:00:00-05:00");

async function atTen(page) {
  await page.clock.setFixedTime(NOW);
}

// The small municipality of the tests: its data change only with the tests.
const PAGES = [
  ["home", "/"],
  ["search", "/search?q=boat"],
  ["nothing-found", "/search?q=qqqq"],
  ["service", "/services/boat-permit"],
  ["locations", "/hubs"],
  ["location", "/hubs/boat-house"],
  ["trip", "/trip?do=s.boat-permit"],
  ["ask", "/ask?service=boat-permit"],
  ["survey", "/feedback"],
  ["messages", "/messages"],
];

test("ten pages are heard as they were when somebody read them", async () => {
  const server = await hub({ site: OTHER_SITE });
  const { context, page } = await device();
  await atTen(page);
  for (const [name, path] of PAGES) {
    await open(page, server.url + path);
    // Nothing is published here, which the app hears from the server.
    await page.getByRole("link", { name: "See the survey results" }).waitFor({ state: "detached" });
    accepted(`${name}.yml`, await tree(page));
  }
  await context.close();
  await server.stop();
});

const WORDS = {
  en: { prefix: "", question: "Your question", none: "No reply needed", go: "Continue", send: "Send question", saved: "Your question is saved", find: "dog licence" },
  fr: { prefix: "/fr", question: "Votre question", none: "Aucune réponse nécessaire", go: "Continuer", send: "Envoyer la question", saved: "Votre question est enregistrée", find: "permis de chien" },
};

for (const [language, words] of Object.entries(WORDS)) {
  test(`finding a service and asking, as a screen reader speaks them: ${language}`, async () => {
    const server = await hub();
    const { context, page } = await device();
    await atTen(page);
    await open(page, `${server.url}${words.prefix}/`);
    await page.getByRole("combobox").fill(words.find);
    await page.getByRole("option").first().waitFor();
    const flow = [spoken(await tree(page, "main"), language)];
    await page.getByRole("combobox").press("ArrowDown");
    await page.getByRole("combobox").press("Enter");
    await page.waitForURL("**/services/**");
    flow.push(spoken(await tree(page, "main"), language));
    accepted(`find-${language}.txt`, flow.join("\n"));

    await open(page, `${server.url}${words.prefix}/ask?service=dog-licence`);
    await page.getByRole("button", { name: words.go }).click();
    await page.locator("#error-summary").waitFor();
    const asked = [spoken(await tree(page, "main"), language)];
    await page.getByLabel(words.question).fill("…");
    await page.getByLabel(words.none).check();
    await page.getByRole("button", { name: words.go }).click();
    await page.getByRole("button", { name: words.send }).waitFor();
    asked.push(spoken(await tree(page, "main"), language));
    accepted(`ask-${language}.txt`, asked.join("\n"));
    assert.equal(await page.evaluate(() => document.documentElement.lang.slice(0, 2)), language);
    await context.close();
    await server.stop();
  });
}
