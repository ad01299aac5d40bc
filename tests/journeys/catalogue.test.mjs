// A newer catalogue reaches devices in use: urgent notices at once, the rest at the next start or
// when the person agrees, and a forged one never.
import test from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { hub, device, open, ready, offlineReady, portal, folder } from "../hub/hub.mjs";

const PUBLISH = process.env.HUB_PUBLISH ?? "target/debug/publish";
const NAME = "Get a dog licence";
const NEWER_NAME = "Get a licence for a dog";

/**
 * A copy of the municipality's data, with a service renamed and an urgent notice that is in force
 * now.
 */
function changed() {
  const data = folder("town");
  fs.cpSync("data/kawartha-lakes", data, { recursive: true });
  const file = path.join(data, "services", "animals-bylaws.toml");
  const text = fs.readFileSync(file, "utf8");
  assert.ok(text.includes(`name = "${NAME}"`));
  fs.writeFileSync(file, text.replace(`name = "${NAME}"`, `name = "${NEWER_NAME}"`));
  fs.writeFileSync(path.join(data, "alerts.toml"), `[[alert]]\ntext.en = "Boil water in Norland."\ntext.fr = "Faites bouillir l'eau à Norland."\nfrom = "2026-01-01 00:00"\nuntil = "2099-01-01 00:00"\n`);
  return data;
}

const publish = (data, to) => execFileSync(PUBLISH, ["edition", data, "--to", to], { encoding: "utf8" });

async function taken(server, number) {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = Buffer.from(await (await fetch(`${server.url}/api/catalogue`)).arrayBuffer());
    // The edition number follows the municipality's id, which begins with its length.
    if (answer[1 + answer[0]] === number) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`edition ${number} was not taken`);
}

test("urgent words show at once, a form in progress keeps its catalogue, and the newer one serves offline from then on", async () => {
  const server = await hub();
  let { context, page, profile } = await device();
  await open(page, server.url);
  await offlineReady(page);
  assert.match(publish(changed(), server.data), /^Edition 2 is published\. Urgent notices in it: 1\./);
  await taken(server, 2);
  // A page that has started again for this edition already, and could not read it, asks.
  await page.evaluate(() => (localStorage["edition-started-again"] = "2"));
  await open(page, `${server.url}/ask?service=dog-licence`);
  await page.getByRole("alert").getByText("Boil water in Norland.").waitFor();
  await page.getByText("An update is ready.").waitFor();
  await page.getByText(NAME, { exact: true }).waitFor();
  await page.getByLabel("Your question").fill("under the first edition");
  await page.getByLabel("No reply needed").check();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Send question" }).click();
  await page.getByText("The City has received it.").waitFor();
  assert.deepEqual(server.rows("inquiries").map((row) => row.catalogue_version), [1]);
  const loaded = page.waitForEvent("load");
  await page.getByRole("button", { name: "Update now" }).click();
  await loaded;
  await ready(page);
  await server.stop();
  await context.close();
  ({ context, page } = await device({ profile }));
  await open(page, `${server.url}/fr/services/dog-licence`);
  const heading = page.getByRole("heading", { level: 1, name: NEWER_NAME });
  await heading.waitFor();
  assert.equal(await heading.getAttribute("lang"), "en", "what is not translated is marked");
  await page.getByRole("alert").getByText("Faites bouillir l'eau à Norland.").waitFor();
  await open(page, `${server.url}/search?q=dog+licence`);
  await page.locator(".cards--found").getByRole("link", { name: NEWER_NAME }).waitFor();
  await context.close();
});

test("a staff tablet that nobody has touched starts again with the newer catalogue, and asks nothing", async () => {
  const server = await hub();
  publish(changed(), server.data);
  await taken(server, 2);
  const { context, page } = await device();
  await open(page, `${server.url}/counter`);
  await page.waitForFunction(() => localStorage["edition-started-again"] === "2");
  await page.waitForTimeout(1_500);
  await ready(page);
  await page.getByRole("heading", { level: 1, name: "Set up this staff tablet" }).waitFor();
  assert.equal(await page.getByText("An update is ready.").count(), 0);
  await context.close();
  await server.stop();
});

test("fault_44 a catalogue that arrives cut short, forged or older is not taken, and the one before serves", async () => {
  const server = await hub();
  const front = await portal(server.port);
  const { context, page } = await device();
  await open(page, front.url);
  await offlineReady(page);
  publish(changed(), server.data);
  await taken(server, 2);
  const asked = [];
  const bytes = async (path) => Buffer.from(await (await fetch(server.url + path)).arrayBuffer());
  const statement = await bytes("/api/catalogue");
  const at = 1 + statement[0];
  const forged = Buffer.from(statement);
  forged[at] = 9;
  const rules = {
    forged: (request, response) => request.url === "/api/catalogue" && response.end(forged),
    portal: (request, response) => request.url === "/api/catalogue" && response.end("<p>Sign in to this hotel"),
    short: (request, response) => request.url.startsWith("/catalogue-") && bytes(request.url).then((all) => response.end(all.subarray(0, 50_000))),
    missing: (request, response) => request.url.startsWith("/catalogue-") && (response.writeHead(404), response.end("gone")),
  };
  for (const [name, rule] of Object.entries(rules)) {
    front.rule = (request, response) => {
      if (!/^\/(api\/catalogue|catalogue-)/.test(request.url)) return false;
      const isAnswered = rule(request, response);
      if (isAnswered) asked.push(name);
      return Boolean(isAnswered);
    };
    await open(page, `${front.url}/services/dog-licence`);
    await page.waitForFunction(() => performance.getEntriesByType("resource").some((entry) => entry.name.endsWith("/api/catalogue")));
    await page.waitForTimeout(700);
    assert.ok(await page.getByRole("heading", { level: 1, name: NAME }).isVisible(), name);
    assert.equal(await page.getByText("Boil water").count(), 0, name);
    assert.equal(await page.getByText("An update is ready.").count(), 0, name);
  }
  assert.deepEqual([...new Set(asked)].sort(), Object.keys(rules).sort(), "each was really asked for");
  front.rule = null;
  await open(page, `${front.url}/services/dog-licence`);
  await page.getByText("Boil water in Norland.").waitFor();
  // Nobody has touched the page, so it starts again with the newer catalogue and asks nothing.
  await page.getByRole("heading", { level: 1, name: NEWER_NAME }).waitFor();
  assert.equal(await page.getByText("An update is ready.").count(), 0);
  await context.close();
  await front.close();
  await server.stop();
});
