// One trip on the screen: a list that follows the person, the one counter that handles it all on a
// day, and the sheet, code and calendar entry to take along.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, device, open, ready, offlineReady } from "../hub/hub.mjs";

/** A Thursday at ten in the morning in Lindsay. Timers keep running. */
const THURSDAY = new Date("2026-11-26T15:00:00Z");
const LIST = "s.dog-licence,s.property-tax-payment,s.curbside-garbage";

const stops = (page) => page.locator(".stops > li");

test("three things to do: the fewest places, with hours, papers, fees, and what can be done from home; offline, kept on the device", async () => {
  const server = await hub();
  let { context, page, profile } = await device();
  await page.clock.setFixedTime(THURSDAY);
  await open(page, `${server.url}/services/dog-licence`);
  await offlineReady(page);
  await server.stop();
  await page.getByRole("button", { name: "Add to my trip" }).click();
  await page.getByRole("button", { name: "On my trip. Remove" }).waitFor();
  await open(page, `${server.url}/services/property-tax-payment`);
  await page.getByRole("button", { name: "Add to my trip" }).click();
  await page.getByRole("link", { name: "My trip: 2 things to do" }).click();
  await page.getByRole("heading", { level: 1, name: "Plan one trip" }).waitFor();
  await page.getByRole("heading", { name: "You need only one stop, Thursday, November 26 (today)" }).waitFor();
  assert.equal(await stops(page).count(), 1);
  assert.match(await stops(page).first().innerText(), /Others do this too[\s\S]*8:30\u00a0am to 4:30\u00a0pm/);
  for (const name of ["Bring", "Cost", "No trip needed", "Take this list with you"]) assert.ok(await page.getByRole("heading", { name }).first().isVisible(), name);
  // A Sunday: every counter that handles these is closed, and the next day on which all can be done
  // is a button.
  await page.getByLabel("Which day?").fill("2026-11-29");
  await page.getByText("Not possible that day").waitFor();
  await page.getByRole("button", { name: /Monday/ }).click();
  await page.getByRole("heading", { name: /^You need only one stop, Monday/ }).waitFor();
  await page.waitForFunction(() => document.activeElement.id === "places");
  await context.close();
  ({ context, page } = await device({ profile }));
  await open(page, `${server.url}/trip`);
  assert.equal(await page.locator(".errands > li").count(), 2, "the device remembers the list");
  await page.getByRole("button", { name: "Remove: Get a dog licence" }).click();
  assert.equal(await page.locator(".errands > li").count(), 1);
  await page.getByRole("button", { name: "Clear the list" }).click();
  await page.getByText("List what you need to do.").waitFor();
  await context.close();
});

test("three things by typing: five taps and two screens, on a Sunday the Monday that does all, and no holiday is said to be open", async () => {
  const server = await hub();
  const { context, page } = await device({ height: 740 });
  await page.clock.setFixedTime(new Date("2026-11-29T15:00:00Z"));
  await open(page, `${server.url}/`);
  let taps = 0;
  const tap = async (target) => (await target.click(), (taps += 1));
  await tap(page.getByRole("link", { name: "Several things to do? Plan one trip" }));
  const need = page.getByLabel("What do you need to do?");
  await tap(need);
  for (const [typed, name] of [["dog licence", "Get a dog licence"], ["property tax", "Pay"], ["library card", "library"]]) {
    await page.keyboard.type(typed);
    await tap(page.getByRole("button", { name: new RegExp(`^Add: .*${name}`, "i") }).first());
    assert.equal(await need.inputValue(), "", "ready for the next");
  }
  await page.getByRole("heading", { name: /^You need .* stops?, Monday, November 30$/ }).waitFor();
  assert.equal(await page.locator(".errands > li").count(), 3);
  assert.ok(taps <= 8, `${taps} taps`);
  await page.emulateMedia({ media: "print" });
  const paper = await page.locator("main").innerText();
  assert.match(paper, /26 Francis Street, Lindsay, K9V 5R8\s·\s.*705-324-9411/);
  assert.doesNotMatch(paper, /today|tomorrow/i);
  await page.emulateMedia({ media: "screen" });
  await page.clock.setFixedTime(new Date("2026-12-25T17:00:00Z"));
  await open(page, `${server.url}/hubs/library-lindsay`);
  await page.locator(".hub-now").getByText("May be closed for Christmas Day. Call first.").waitFor();
  assert.equal(await page.locator(".week__day--today").innerText().then((row) => /\d\u00a0(am|pm)/.test(row)), false);
  await context.close();
  await server.stop();
});

test("a list opens from its address, prints on paper without buttons, and goes into a calendar", async () => {
  const server = await hub();
  const { context, page } = await device({ acceptDownloads: true });
  await page.clock.setFixedTime(THURSDAY);
  await open(page, `${server.url}/trip?do=${LIST},s.no-such-service,%00`);
  assert.equal(await page.locator(".errands > li").count(), 3, "what is known of it");
  assert.equal(new URL(page.url()).search, "", "the address is the page's own again");
  await page.getByRole("img", { name: "Scan to open this list on a phone" }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Add to my calendar" }).first().click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const calendar = Buffer.concat(chunks).toString("utf8");
  assert.match(download.suggestedFilename(), /-2026-11-26\.ics$/);
  for (const line of ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20261126", "END:VCALENDAR"]) assert.ok(calendar.split("\r\n").includes(line), `${line} in ${calendar}`);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.getByRole("button", { name: "Clear the list" }).isVisible(), false);
  assert.ok(await page.getByRole("heading", { name: "Bring" }).isVisible());
  await context.close();
  await server.stop();
});

test("near a place that is typed, as people spell it, hubs come nearest first; a place that is not here is said to be unknown", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, `${server.url}/hubs`);
  await page.getByText("Find the nearest").click();
  const field = page.getByLabel("Where are you? Enter a town, an address or a postal code");
  await field.fill("fenelon fals");
  await page.getByRole("button", { name: "Nearest first" }).click();
  await page.locator("#near-said", { hasText: "Nearest to Fenelon Falls first" }).waitFor();
  // What is closed for the season comes last, however near it is.
  const cards = await page.locator(".section .hub-card", { hasNotText: /Opens \w+day, |Closed\.?\s*(not confirmed|$)/ }).allInnerTexts();
  const kilometres = cards.join("\n").match(/\d+(\.\d)?\u00a0km/g).map(parseFloat);
  assert.deepEqual(kilometres, [...kilometres].sort((a, b) => a - b), "nearest first");
  await field.fill("26 Francis St, Bobcaygeon");
  await page.getByRole("button", { name: "Nearest first" }).click();
  await page.locator("#near-said", { hasText: "Nearest to Bobcaygeon first" }).waitFor();
  await field.fill("Toronto");
  await page.getByRole("button", { name: "Nearest first" }).click();
  await page.getByText("We don’t know this place.").waitFor();
  assert.equal(await field.inputValue(), "Toronto");
  await context.close();
  await server.stop();
});

test("the device's location is asked only on demand, and everything works without it", async () => {
  const server = await hub();
  const { context, page } = await device();
  const asked = [];
  await page.addInitScript(() => {
    const real = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
    window.askedForLocation = 0;
    navigator.geolocation.getCurrentPosition = (...rest) => ((window.askedForLocation += 1), real(...rest));
  });
  await open(page, `${server.url}/hubs`);
  await page.getByText("Find the nearest").click();
  asked.push(await page.evaluate(() => window.askedForLocation));
  await page.getByRole("button", { name: "Use my location" }).click();
  await page.getByText("We can’t get your location.").waitFor();
  await context.grantPermissions(["geolocation"]);
  await context.setGeolocation({ latitude: 44.536, longitude: -78.545 });
  await page.getByRole("button", { name: "Use my location" }).click();
  await page.locator("#near-said", { hasText: "Nearest to you first" }).waitFor();
  assert.match(await page.locator("main a[href^='/hubs/']").first().innerText(), /Bobcaygeon/);
  asked.push(await page.evaluate(() => window.askedForLocation));
  assert.deepEqual(asked, [0, 2]);
  assert.ok(!page.url().includes("44.5"), "nothing of it stands in the address");
  await context.close();
  await server.stop();
});
