// The counter: the office enrols a tablet, PINs lock it, and staff hand it on; tasks are done by
// their steps and counted in two taps; and a whole fair without a network is delivered to the last
// contact.
import test from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { findings } from "../hub/axe.mjs";
import { device, open, ready, filesBelow } from "../hub/hub.mjs";
import { enrolmentCode, freshOffice, surveyCode } from "../hub/office.mjs";

const ANN = ["Ann", "482913"];
const BEN = ["Ben", "739158"];
const MARKER = "zebrafish-umbrella-5531";
const TASK = "sell-bag-tags";

/** Enrols the device as a tablet and adds its first person. */
async function enrol(page, server, code, [name, pin]) {
  await open(page, `${server.url}/counter#${code}`);
  await page.getByRole("button", { name: "Set up", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Who will use this tablet first?" }).waitFor();
  await addPerson(page, [name, pin]);
  await atCounter(page);
}

async function addPerson(page, [name, pin]) {
  await page.getByLabel("First name or initials").fill(name);
  await page.getByLabel("PIN: 6 to 12 digits").fill(pin);
  await page.getByLabel("Repeat the PIN").fill(pin);
  await page.getByRole("button", { name: "Add this person" }).click();
}

const atCounter = (page) => page.getByRole("heading", { level: 1, name: "What do they need?" }).waitFor();
const locked = (page) => page.getByRole("heading", { level: 1, name: "Who is at the counter?" }).waitFor();

async function unlock(page, [name, pin]) {
  await locked(page);
  const choice = page.getByRole("button", { name, exact: true });
  if (await choice.count()) await choice.click();
  await page.getByLabel("PIN", { exact: true }).fill(pin);
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByRole("button", { name: "Lock" }).first().waitFor();
}

const lock = (page) => page.getByRole("button", { name: "Lock", exact: true }).first().click();

/** Adds a colleague, with the tablet already unlocked. */
async function addColleague(page, server, person) {
  await page.getByRole("link", { name: "People and PINs" }).click();
  await page.getByRole("heading", { level: 1, name: "People on this tablet" }).waitFor();
  await addPerson(page, person);
  await page.locator(".people__row", { hasText: person[0] }).waitFor();
  await page.getByRole("navigation").getByRole("link", { name: "Counter" }).click();
  await atCounter(page);
}

/** Waits until the tablet has all that it needs without a network. */
async function tabletReady(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller?.scriptURL.endsWith("?counter"));
}

async function findTask(page, words) {
  await page.getByRole("searchbox").fill(words);
  await page.locator(".card a").first().click();
  await page.getByRole("heading", { name: "How did it end?" }).waitFor();
}

const contacts = (server) => server.rows("contacts").map((row) => [row.hub, row.task, row.channel, row.outcome, row.reason ?? "", Number(row.count)]);

test("a device becomes a tablet by a code of the office, once; its first person sets a PIN, and the counter works offline", async () => {
  const { server, desk } = await freshOffice();
  const code = await enrolmentCode(desk, { name: "Front desk", hub: "library-lindsay" });
  const { context, page, profile } = await device();
  await open(page, `${server.url}/counter`);
  await page.getByLabel("Setup code").fill("AAAAA");
  await page.getByRole("button", { name: "Set up", exact: true }).click();
  await page.getByText("A setup code has ten letters and digits.").waitFor();
  await page.getByLabel("Setup code").fill("AAAAA-AAAAA");
  await page.getByRole("button", { name: "Set up", exact: true }).click();
  await page.getByText("This code is unknown, used or expired.").waitFor();
  await server.stop();
  await page.getByLabel("Setup code").fill(code.toLowerCase());
  await page.getByRole("button", { name: "Set up", exact: true }).click();
  await page.getByText("The server didn’t answer").waitFor();
  await server.start();
  await page.getByRole("button", { name: "Set up", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Who will use this tablet first?" }).waitFor();
  for (const [pin, again, said] of [["123456", "123456", "Choose 6 to 12 digits"], ["482913", "482914", "The PINs don’t match"]]) {
    await page.getByLabel("First name or initials").fill("Ann");
    await page.getByLabel("PIN: 6 to 12 digits").fill(pin);
    await page.getByLabel("Repeat the PIN").fill(again);
    await page.getByRole("button", { name: "Add this person" }).click();
    await page.getByText(said).waitFor();
  }
  await addPerson(page, ANN);
  await atCounter(page);
  await page.getByText("Lindsay Library. Unlocked by Ann.").waitFor();
  await tabletReady(page);

  // The same code on another device.
  const other = await device();
  await open(other.page, `${server.url}/counter#${code}`);
  await other.page.getByRole("button", { name: "Set up", exact: true }).click();
  await other.page.getByText("This code is unknown, used or expired.").waitFor();
  await other.close();

  await server.stop();
  await page.reload();
  await ready(page);
  await unlock(page, ANN);
  await page.getByText("Lindsay Library. Unlocked by Ann.").waitFor();
  // A resident's address leads to the counter on a tablet.
  await page.goto(`${server.url}/messages`);
  await page.waitForURL("**/counter");
  await context.close();
  for (const file of filesBelow(profile)) {
    assert.ok(!fs.readFileSync(file).includes(ANN[1]), `the PIN is in ${path.basename(file)}`);
  }
});

test("what the office chose for a location comes first on its tablet, also offline", async () => {
  const { server, desk } = await freshOffice();
  const code = await enrolmentCode(desk, { name: "Front desk", hub: "library-lindsay" });
  const { context, page } = await device({ width: 1112, height: 834 });
  await enrol(page, server, code, ANN);
  await tabletReady(page);
  await page.getByText("Nothing counted on this tablet yet.").waitFor();

  await desk.page.goto(`${server.url}/office/tablets`);
  await desk.page.getByRole("link", { name: "Quick list of Lindsay Library" }).click();
  const boxes = desk.page.getByRole("checkbox");
  const chosen = [];
  for (const at of [2, 0]) {
    chosen.push((await boxes.nth(at).locator("..").innerText()).trim());
    await boxes.nth(at).check();
  }
  await desk.page.getByRole("button", { name: "Save quick list" }).click();
  await desk.page.getByText("Quick list saved.").waitFor();

  await page.reload();
  await ready(page);
  await unlock(page, ANN);
  const tiles = page.locator(".cards--quick .card");
  await tiles.nth(1).waitFor();
  assert.deepEqual((await tiles.locator("a").allInnerTexts()).sort(), chosen.sort());
  for (const tile of await tiles.all()) assert.ok((await tile.boundingBox()).height >= 72, "a thumb finds it");
  await context.setOffline(true);
  await page.reload();
  await ready(page);
  await unlock(page, ANN);
  await tiles.first().locator("a").click();
  await page.getByRole("heading", { name: "How did it end?" }).waitFor();
  await context.close();
});

test("wrong PINs wait longer and longer, loading the page again gives no more of them, and nothing is wiped", async () => {
  const { server, desk } = await freshOffice();
  const code = await enrolmentCode(desk, { name: "Front desk", hub: "library-lindsay" });
  const { context, page } = await device();
  await enrol(page, server, code, ANN);
  await lock(page);
  await locked(page);
  const tryPin = async (pin) => {
    await page.getByLabel("PIN", { exact: true }).fill(pin);
    await page.getByRole("button", { name: "Unlock" }).click();
  };
  for (let tries = 0; tries < 4; tries += 1) {
    await tryPin(`48291${tries + 4}`);
    await page.getByText("Wrong PIN.").waitFor();
    await page.waitForFunction(() => document.querySelector("#pin").value === "");
  }
  await tryPin("999888");
  await page.getByText(/Too many wrong PINs\. Try again in 0:(30|2\d)\./).waitFor();
  assert.ok(await page.getByLabel("PIN", { exact: true }).isDisabled());
  // If the reload did not restart the wait, 22 seconds would be left after eight seconds.
  await page.waitForTimeout(8_000);
  await page.reload();
  await ready(page);
  await page.getByText(/Too many wrong PINs\. Try again in 0:(30|29|28|27|26|25|24)\./).waitFor();
  await page.waitForFunction(() => !document.querySelector("#pin").disabled, null, { timeout: 40_000 });
  await tryPin(ANN[1]);
  await atCounter(page);
  await context.close();
});

test("fault_42 Ann hands the tablet to Ben: he sees nothing of hers, and his session delivers what she kept", async () => {
  const { server, desk } = await freshOffice();
  const code = await enrolmentCode(desk, { name: "Front desk", hub: "library-lindsay" });
  const { context, page, profile } = await device();
  await enrol(page, server, code, ANN);
  await addColleague(page, server, BEN);
  await tabletReady(page);
  await server.stop();

  // Ann records one inquiry and begins another.
  const take = async (words) => {
    await page.getByRole("navigation").getByRole("link", { name: "Ask us" }).click();
    await page.getByText("Read this aloud before you write").waitFor();
    await page.getByLabel("Your question").fill(words);
  };
  await take(`First ${MARKER}`);
  await page.getByLabel("No reply needed").check();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("heading", { level: 1, name: "Read this back to the person" }).waitFor();
  await page.getByRole("button", { name: "Send question" }).click();
  await page.getByText("Print this page, or let the person scan the code.").waitFor();
  const reference = await page.locator(".receipt__reference").innerText();
  const receipt = page.url();
  await take(`Second ${MARKER}`);
  await lock(page);
  await locked(page);
  assert.ok(!(await page.evaluate(() => document.documentElement.outerHTML)).includes(MARKER), "the lock covers what was written");

  // When she returns, the draft is as she left it.
  await unlock(page, ANN);
  assert.equal(await page.getByLabel("Your question").inputValue(), `Second ${MARKER}`);
  await lock(page);
  await unlock(page, BEN);
  await atCounter(page);
  await page.getByRole("navigation").getByRole("link", { name: "Ask us" }).click();
  assert.equal(await page.getByLabel("Your question").inputValue(), "");
  await page.goBack();
  const seen = async () => page.evaluate(() => JSON.stringify([document.documentElement.outerHTML, { ...localStorage }, { ...sessionStorage }, history.state, location.href]));
  assert.ok(!(await seen()).includes(MARKER));
  await page.getByRole("navigation").getByRole("link", { name: "Messages" }).click();
  await page.getByRole("heading", { level: 1, name: "Messages on this tablet" }).waitFor();
  assert.ok(!(await seen()).includes(reference), "a count, and no reference");
  assert.deepEqual(await page.locator(".arrival tbody tr").first().locator("th, td").allInnerTexts(), ["Inquiries", "0", "1", "0"]);
  await page.goto(receipt);
  await unlock(page, BEN);
  await page.getByRole("heading", { level: 1, name: "not here" }).or(page.getByRole("heading", { level: 1 })).first().waitFor();
  assert.ok(!(await seen()).includes(reference), "her receipt's address shows him nothing");

  await server.start();
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await server.received("inquiries", 1);
  assert.equal(server.rows("inquiries")[0].content.inquiry.message, `First ${MARKER}`);
  await page.getByRole("navigation").getByRole("link", { name: "Messages" }).click();
  await page.getByText("Everything was received.").waitFor();
  await context.close();
  for (const file of filesBelow(profile)) assert.ok(!fs.readFileSync(file).includes(MARKER), path.basename(file));
});

test("a quiet tablet asks whether somebody is there, and locks", async () => {
  const { server, desk } = await freshOffice();
  const code = await enrolmentCode(desk, { name: "Front desk", hub: "library-lindsay" });
  const { context, page } = await device();
  await page.clock.install();
  await open(page, `${server.url}/counter#${code}`);
  await page.getByRole("button", { name: "Set up", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Who will use this tablet first?" }).waitFor();
  await addPerson(page, ANN);
  await page.clock.runFor(2_000);
  await atCounter(page);
  await page.clock.runFor(241_000);
  await page.getByText(/Locking in \d+ seconds/).waitFor();
  await page.keyboard.press("Shift");
  await page.clock.runFor(2_000);
  assert.equal(await page.getByText(/Locking in/).count(), 0, "a key says that somebody is there");
  await page.clock.runFor(272_000);
  await locked(page);
  await context.close();
});

test("a task is found in a person's words, done by its steps, counted in one tap or two, taken back, and flagged", async () => {
  const { server, desk } = await freshOffice();
  const code = await enrolmentCode(desk, { name: "Front desk", hub: "library-lindsay" });
  const { context, page } = await device();
  await enrol(page, server, code, ANN);
  await tabletReady(page);
  await server.stop();
  await findTask(page, "bag tag");
  await page.getByRole("heading", { level: 1, name: "Sell garbage bag tags" }).waitFor();
  await page.getByRole("checkbox", { name: "Take the payment" }).check();
  await page.reload();
  await unlock(page, ANN);
  assert.ok(await page.getByRole("checkbox", { name: "Take the payment" }).isChecked(), "a reload loses no tick");
  await page.getByRole("button", { name: "We do this differently: Take the payment" }).click();
  await page.getByText("Reported to the office.").waitFor();
  await page.getByRole("button", { name: "Done", exact: true }).click();
  await page.getByText("Counted: Done.").waitFor();
  await page.getByRole("link", { name: "Next person" }).click();
  const today = async () => (await page.locator(".counts dd").allInnerTexts()).map(Number);
  assert.deepEqual(await today(), [1, 1, 0, 0]);
  await page.locator(".card", { hasText: "Sell garbage bag tags" }).locator("a").click();
  await page.getByRole("button", { name: "Couldn’t do it" }).click();
  await page.getByRole("button", { name: "Payment not possible" }).click();
  await page.getByText("Counted: Couldn’t do it: Payment not possible.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Undone.").waitFor();
  await page.getByLabel("Contact method").selectOption("phone");
  await page.getByRole("button", { name: "Referred" }).click();
  await page.getByRole("button", { name: "This counter doesn’t do this" }).click();
  await page.getByText("Counted: Referred").waitFor();
  await page.getByRole("link", { name: "Next person" }).click();
  assert.deepEqual(await today(), [2, 1, 1, 0]);
  // A task of another counter shows where to refer the person.
  await findTask(page, "property tax payment");
  await page.getByRole("heading", { name: "This counter doesn’t do this" }).waitFor();
  assert.ok((await page.locator(".panel .hub-card").count()) > 0);

  await server.start();
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await server.received("corrections", 1);
  const { task, step, hub: at } = server.rows("corrections")[0].content.correction;
  assert.deepEqual([task, step, at], [TASK, 3, "library-lindsay"]);
  for (let tries = 0; contacts(server).length < 2 && tries < 100; tries += 1) await page.waitForTimeout(100);
  assert.deepEqual(contacts(server).filter((row) => row.at(-1) !== 0).sort(), [
    ["library-lindsay", TASK, "counter", "done", "", 1],
    ["library-lindsay", TASK, "phone", "referred", "not-done-here", 1],
  ]);
  await context.close();
});

test("the office moves a tablet and ends it: it hears so, what waits on it still arrives, and the device can begin again", async () => {
  const { server, desk } = await freshOffice();
  const { context, page } = await device();
  await enrol(page, server, await enrolmentCode(desk, { name: "Front desk", hub: "library-lindsay" }), ANN);
  const online = () => page.evaluate(() => window.dispatchEvent(new Event("online")));
  const atOffice = async (act) => {
    await desk.page.goto(`${server.url}/office/tablets`);
    await act(desk.page.locator(".devices li", { hasText: "Front desk" }));
  };
  await atOffice(async (tablet) => {
    await tablet.getByRole("combobox").selectOption("city-hall");
    await tablet.getByRole("button", { name: "Move to this location" }).click();
  });
  // Probes are some seconds apart.
  for (let tries = 0; !(await page.getByText("City Hall").first().isVisible()) && tries < 10; tries += 1) {
    await online();
    await page.waitForTimeout(1_000);
  }
  await page.getByText(/City Hall.*Unlocked by Ann\./).waitFor();

  await context.setOffline(true);
  await findTask(page, "bag tag");
  await page.getByRole("button", { name: "Done", exact: true }).click();
  await page.getByText("Counted: Done.").waitFor();
  await atOffice(async (tablet) => {
    await tablet.getByRole("button", { name: "Retire tablet" }).click();
    // It is asked first, on a page of its own.
    await desk.page.getByRole("heading", { name: "Retire this tablet?" }).waitFor();
    await desk.page.getByRole("button", { name: "Retire tablet" }).click();
  });
  await context.setOffline(false);
  for (let tries = 0; !(await page.getByText("Tablet retired.").isVisible()) && tries < 10; tries += 1) {
    await online();
    await page.waitForTimeout(1_000);
  }
  await page.getByText("Tablet retired.").waitFor();
  await page.getByText("Everything was received.").waitFor();
  assert.deepEqual(contacts(server), [["city-hall", TASK, "counter", "done", "", 1]]);
  await page.getByText("Set up this tablet again").click();
  await page.getByLabel("Setup code").fill(await enrolmentCode(desk, { name: "Second life", hub: "library-lindsay" }));
  await page.getByRole("button", { name: "Set up", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Who will use this tablet first?" }).waitFor();
  await addPerson(page, BEN);
  await page.getByText("Lindsay Library. Unlocked by Ben.").waitFor();
  await context.close();
});

for (const [width, colorScheme] of [[360, "light"], [1280, "dark"], [320, "light"]]) {
  test(`no findings and no sideways scrolling on a tablet's pages at ${width} px, ${colorScheme}`, async () => {
    const { server, desk } = await freshOffice();
    await surveyCode(desk, { name: "Sheets at the table", way: "paper", every: 3 });
    const code = await enrolmentCode(desk, { name: "Front desk", hub: "library-lindsay" });
    const { context, page } = await device({ width, height: 700, colorScheme, bypassCSP: true });
    const look = async (where) => {
      assert.deepEqual(await findings(page), [], where);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, `${where} scrolls sideways`);
    };
    await open(page, `${server.url}/counter#${code}`);
    await look("enrol");
    await page.getByRole("button", { name: "Set up", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Who will use this tablet first?" }).waitFor();
    await look("first");
    await addPerson(page, ANN);
    await atCounter(page);
    await addColleague(page, server, BEN);
    for (const prefix of ["", "/fr"]) {
      for (const at of ["/", `/tasks/${TASK}`, "/tasks/take-property-tax-payment", "/ask", "/kit", "/people", "/messages", "/hubs"]) {
        await open(page, `${server.url}/counter${prefix}${at}`);
        await look(`lock ${prefix}`);
        await page.getByRole("button", { name: "Ann", exact: true }).click();
        await page.locator("#pin").fill(ANN[1]);
        await page.locator("main form button[type=submit]").first().click();
        await page.locator(".counter-lock").waitFor();
        await look(`${prefix}${at}`);
      }
      await page.locator(".places a").nth(3).click();
      await page.locator(".button--main").first().click();
      await page.locator(".checks__row").first().waitFor();
      await look(`${prefix}/kit, measured`);
      await page.locator(".places a").first().click();
      await page.getByRole("searchbox").fill("dog");
      await look(`${prefix}/, found`);
      await open(page, `${server.url}/counter${prefix}/tasks/${TASK}`);
      await page.getByRole("button", { name: "Ann", exact: true }).click();
      await page.locator("#pin").fill(ANN[1]);
      await page.locator("main form button[type=submit]").first().click();
      await page.locator(".ending .button").nth(2).click();
      await look(`${prefix}/tasks, why`);
      await page.locator(".ending__reasons button").first().click();
      await page.locator(".ending__counted").waitFor();
      await look(`${prefix}/tasks, counted`);
    }
    await context.close();
  });
}
