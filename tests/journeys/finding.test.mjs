// Finding on the screen: in a person's own words, in spite of slips, in French, and an honest word when it is not ours.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, device, open } from "../hub/hub.mjs";

const first = (page) => page.locator(".cards--found > li").first().getByRole("link").first();

test("lay words, slips, French, whole questions and places lead to the right first answer, with the reason", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  const field = page.getByLabel("Say it in your own words");
  for (const [words, name] of [["they skipped my trash", "Report missed garbage or recycling"], ["dog lcience", "Get a dog licence"], ["déneigement", "Snow plowing and ice control"], ["how do I get married at city hall", "Civil wedding ceremony"]]) {
    await field.fill(words);
    await page.locator(".cards--found").waitFor();
    assert.equal(await first(page).innerText(), name, words);
  }
  await field.fill("dog lcience");
  await page.getByText("Understood as: dog licence").waitFor();
  await field.fill("getting hitched");
  await page.locator(".service-card__why").first().filter({ hasText: "hitched" }).waitFor();
  await field.fill("coboconk library");
  await page.getByRole("link", { name: "Coboconk" }).first().waitFor();
  assert.match(await first(page).getAttribute("href"), /^\/hubs\//);
  await context.close();
  await server.stop();
});

test("what another government does is said to be so, and nonsense finds nothing but a way on", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, `${server.url}/search?q=renew+my+passport`);
  await page.getByRole("heading", { name: "The City does not do this" }).waitFor();
  assert.equal(await page.locator(".service-card").count(), 0);
  assert.equal(await page.locator(".results-count").innerText(), "");
  await open(page, `${server.url}/fr/search?q=passeport`);
  await page.getByText("c'est le gouvernement fédéral").waitFor();
  await open(page, `${server.url}/search?q=qwertyuiop`);
  await page.getByRole("heading", { name: "Nothing was found for these words." }).waitFor();
  await page.getByRole("link", { name: "Ask us this question" }).click();
  assert.equal(await page.getByLabel("Your question").inputValue(), "qwertyuiop");
  await context.close();
  await server.stop();
});
