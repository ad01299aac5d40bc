// The directory in French: fetched by whoever reads it, kept for offline use, searched in French;
// English where there is no French yet, marked as English.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, device, open, offlineReady } from "../hub/hub.mjs";

const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
const fetched = (page) => {
  const paths = [];
  page.on("request", (request) => paths.push(new URL(request.url()).pathname));
  return () => paths.filter((path) => path.startsWith("/texts-"));
};

test("a reader of English loads no French, and a reader of French keeps it without a network", async () => {
  const server = await hub();
  let { context, page, profile } = await device();
  const texts = fetched(page);
  await open(page, `${server.url}/services/dog-licence`);
  await offlineReady(page);
  assert.deepEqual(texts(), [], "nothing for readers of English");

  await page.getByRole("link", { name: "Français" }).click();
  await heading(page, "Obtenir un permis pour chien");
  assert.equal(texts().length, 1);
  assert.equal(await page.getByRole("heading", { level: 1 }).getAttribute("lang"), null, "it is in the language of the page");
  await page.getByText("Traduit de l’anglais; la Ville ne l’a pas vérifié.").waitFor();
  await page.getByText("Permis annuel, chien stérilisé").waitFor();
  await page.getByRole("link", { name: "English" }).click();
  await heading(page, "Get a dog licence");
  await page.waitForFunction(async () => {
    const database = await new Promise((resolve) => (indexedDB.open("community-hub").onsuccess = (event) => resolve(event.target.result)));
    const notes = await new Promise((resolve) => (database.transaction("notes").objectStore("notes").getAllKeys().onsuccess = (event) => resolve(event.target.result)));
    database.close();
    return notes.includes("texts");
  });
  await context.close();
  await server.stop();

  ({ context, page } = await device({ profile }));
  await open(page, `${server.url}/fr/services/dog-licence`);
  await heading(page, "Obtenir un permis pour chien");
  await open(page, `${server.url}/fr`);
  const field = page.getByRole("combobox");
  for (const [words, name] of [["permis pour mon chien", "Obtenir un permis pour chien"], ["nid de poule", "Signaler un nid-de-poule"], ["dog licence", "Obtenir un permis pour chien"]]) {
    await field.fill(words);
    await page.getByRole("option").first().locator(".suggestion__name").filter({ hasText: name }).waitFor();
  }
  await context.close();
});

test("what happens in a life leads to its services, in both languages", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await page.getByRole("link", { name: "Moving here" }).click();
  await heading(page, "Moving here");
  assert.ok((await page.locator(".life__step").count()) >= 4);
  await page.getByRole("link", { name: "Get a dog licence" }).click();
  await heading(page, "Get a dog licence");
  await open(page, `${server.url}/fr/life/moving-here`);
  await heading(page, "Emménager ici");
  await context.close();
  await server.stop();
});

test("an address of a record that was merged leads to the one that has its facts", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, `${server.url}/services/homelessness-prevention`);
  await heading(page, /housing|home/i);
  assert.equal(await page.getByRole("heading", { level: 1, name: "Page not found" }).count(), 0);
  await context.close();
  await server.stop();
});
