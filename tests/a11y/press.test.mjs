// Every control can be pressed at its centre on every size of screen, in both orientations and at
// 100 to 400 %: nothing that stays in place lies over it.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, device, open, ready } from "../hub/hub.mjs";
import { enrolmentCode, freshOffice } from "../hub/office.mjs";
import { SCREENS, ZOOMED, covered } from "../hub/press.mjs";

const PATHS = ["", "/search?q=dog", "/topics/taxes-bills", "/services/property-tax-payment", "/hubs", "/hubs/city-hall", "/trip?do=s.dog-licence,s.property-tax-payment,s.scrap-metal", "/ask?service=dog-licence", "/feedback", "/feedback/channel", "/feedback/clear", "/messages"];

/** Tries one open page on every screen. */
async function everywhere(page, what) {
  const faults = [];
  for (const [width, height] of [...SCREENS, ...ZOOMED]) {
    await page.setViewportSize({ width, height });
    faults.push(...(await covered(page)).map((fault) => `${width} x ${height}: ${fault}`));
  }
  assert.deepEqual(faults, [], what);
}

test("what lies over a control is found", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, `${server.url}/ask`);
  await page.evaluate(() => (document.querySelector("main").style.pointerEvents = "none"));
  assert.ok((await covered(page)).some((fault) => fault.startsWith("Continue: under")), "Continue cannot be pressed");
  await context.close();
  await server.stop();
});

test("a resident can press every control, on every screen, in both languages", async () => {
  const server = await hub();
  const { context, page } = await device();
  for (const prefix of ["", "/fr"]) {
    for (const path of PATHS) {
      await open(page, server.url + (prefix + path || "/"));
      await everywhere(page, prefix + path);
    }
  }
  await context.close();
  await server.stop();
});

test("so can a visitor at a public terminal", async () => {
  const server = await hub();
  const { context, page } = await device();
  for (const path of ["", "/services/dog-licence", "/hubs/city-hall", "/ask"]) {
    await open(page, `${server.url}/k/try-it${path}`);
    await everywhere(page, `terminal ${path}`);
  }
  await context.close();
  await server.stop();
});

test("so can staff at a tablet, held upright or not", async () => {
  const { server, desk } = await freshOffice();
  const code = await enrolmentCode(desk, { name: "Front desk", hub: "city-hall" });
  const { context, page } = await device({ width: 834, height: 1112 });
  await open(page, `${server.url}/counter#${code}`);
  await page.getByRole("button", { name: "Set up", exact: true }).click();
  await page.getByLabel("First name or initials").fill("Ann");
  await page.getByLabel("PIN: 6 to 12 digits").fill("482913");
  await page.getByLabel("Repeat the PIN").fill("482913");
  await everywhere(page, "the first person");
  await page.getByRole("button", { name: "Add this person" }).click();
  await page.getByRole("heading", { level: 1, name: "What do they need?" }).waitFor();
  await everywhere(page, "the counter");
  await page.getByRole("searchbox").fill("bag tags");
  await page.locator(".card a").first().click();
  await page.getByRole("heading", { name: "How did it end?" }).waitFor();
  await everywhere(page, "a task");
  await page.getByRole("button", { name: "Referred" }).click();
  await everywhere(page, "the reasons of a referral");
  await page.setViewportSize({ width: 834, height: 1112 });
  await page.getByRole("navigation").getByRole("link", { name: "Counter" }).click();
  await page.getByRole("searchbox").fill("");
  await page.getByRole("link", { name: "People and PINs" }).click();
  await page.getByRole("heading", { level: 1, name: "People on this tablet" }).waitFor();
  await everywhere(page, "people");
  await page.getByRole("button", { name: "Lock", exact: true }).first().click();
  await page.getByRole("heading", { level: 1, name: "Who is at the counter?" }).waitFor();
  await everywhere(page, "the lock");
  await desk.close();
  await context.close();
  await server.stop();
});
