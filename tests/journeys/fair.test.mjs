// A whole fair: two tablets, three days without a network, hand-overs, an empty battery, and a file
// that goes home on a USB stick. At the end the office has exactly what was done, no more and no
// less.
import test from "node:test";
import assert from "node:assert/strict";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { device, open, ready, folder, kill } from "../hub/hub.mjs";
import { enrolmentCode, freshOffice, makeEvent, surveyCode } from "../hub/office.mjs";

const BIN = process.env.HUB_BIN ?? "target/debug/community-hub";
const DAYS = 3;
/** Per tablet and day. */
const CONTACTS = 50;
const SURVEYS = 20;
/** Per tablet on each day; 20 per tablet, 40 in all. */
const INQUIRIES = [8, 6, 6];
const PEOPLE = { Ann: "482913", Ben: "739158" };
/**
 * What people come for, and how it ends: task id, task name, outcome, reason on screen, reason in
 * the export.
 */
const CASES = [
  ["sell-bag-tags", "Sell garbage bag tags", "Done"],
  ["issue-library-card", "Issue a library card", "Done"],
  ["sell-bag-tags", "Sell garbage bag tags", "Couldn’t do it", "Payment not possible", "payment"],
  ["take-property-tax-payment", "Take a property tax payment", "Referred", "This counter doesn’t do this", "not-done-here"],
  ["issue-library-card", "Issue a library card", "Couldn’t do it", "Missing document", "document-missing"],
];
const OUTCOMES = { Done: "done", Referred: "referred", "Couldn’t do it": "could-not" };

/**
 * Operates the page from inside, at the app's speed: every step is a click or a key, and waits for
 * what it changes.
 */
async function withHands(page) {
  await page.addInitScript(() => {
    const shown = (element) => element.getClientRects().length > 0;
    const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
    const hands = {
      async until(what, find) {
        for (let frames = 0; frames < 1_200; frames += 1) {
          const found = find();
          if (found) return found;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
        throw new Error(`${what} did not come: ${document.querySelector("main")?.innerText.slice(0, 300)}`);
      },
      named: (selector, name) => all(selector).find((element) => element.textContent.trim() === name),
      async click(selector, name) {
        (await hands.until(name, () => hands.named(selector, name))).click();
      },
      heading: (name) => hands.until(name, () => hands.named("h1", name)),
      async contact([, task, outcome, reason]) {
        document.querySelectorAll("details.task-list").forEach((list) => (list.open = true));
        await hands.click(".links a, .card > a", task);
        await hands.heading(task);
        await hands.click(".ending button", outcome);
        if (reason) await hands.click(".ending button", reason);
        await hands.until("Counted", () => document.querySelector(".ending__counted"));
        await hands.click(".ending a", "Next person");
        await hands.heading("What do they need?");
      },
      async sheet(keys) {
        const before = () => document.title;
        for (const key of keys) {
          const title = before();
          document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
          await hands.until("the next question", () => document.title !== title);
        }
        const title = before();
        await hands.click("button", "Skip this question");
        await hands.until("the next sheet", () => document.title !== title);
      },
      async inquiry(words) {
        await hands.click("nav a", "Ask us");
        const field = await hands.until("the field", () => document.querySelector("#message"));
        field.value = words;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        document.querySelector("#contact-none").click();
        await hands.click("button", "Continue");
        await hands.click("button", "Send question");
        await hands.until("the receipt", () => document.querySelector(".receipt__reference"));
        await hands.click("nav a", "Counter");
        await hands.heading("What do they need?");
      },
    };
    window.hands = hands;
  });
}

async function unlock(page, name) {
  await page.getByRole("heading", { level: 1, name: "Who is at the counter?" }).waitFor();
  const choice = page.getByRole("button", { name, exact: true });
  if (await choice.count()) await choice.click();
  await page.getByLabel("PIN", { exact: true }).fill(PEOPLE[name]);
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByRole("button", { name: "Lock", exact: true }).first().waitFor();
}

async function handOver(page, to) {
  await page.getByRole("button", { name: "Lock", exact: true }).first().click();
  await unlock(page, to);
  await page.getByRole("heading", { level: 1, name: "What do they need?" }).waitFor();
}

async function addPerson(page, name) {
  await page.getByLabel("First name or initials").fill(name);
  await page.getByLabel("PIN: 6 to 12 digits").fill(PEOPLE[name]);
  await page.getByLabel("Repeat the PIN").fill(PEOPLE[name]);
  await page.getByRole("button", { name: "Add this person" }).click();
}

/** A tablet that is enrolled, has two people, works at the event and reports that it is ready. */
async function preparedTablet(server, code, event, profile = folder("tablet")) {
  const tablet = await device({ profile, width: 800, height: 1_000 });
  await withHands(tablet.page);
  const { page } = tablet;
  await open(page, `${server.url}/counter#${code}`);
  await page.getByRole("button", { name: "Set up", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Who will use this tablet first?" }).waitFor();
  await addPerson(page, "Ann");
  await page.getByRole("link", { name: "People and PINs" }).click();
  await addPerson(page, "Ben");
  await page.locator(".people__row", { hasText: "Ben" }).waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller?.scriptURL.endsWith("?counter"));
  await page.getByRole("navigation").getByRole("link", { name: "Events" }).click();
  await page.getByRole("button", { name: "Get ready" }).click();
  await page.locator(".checks__row").first().waitFor();
  // The edition with the event may have arrived just now. Then it is used from the next start.
  await page.reload();
  await ready(page);
  await unlock(page, "Ann");
  await page.getByLabel(event).check();
  await page.getByRole("button", { name: "Get ready" }).click();
  await page.locator(".checks__row", { hasText: "Latest directory" }).getByText("OK", { exact: true }).waitFor();
  const marks = Object.fromEntries(await page.locator(".checks").first().locator(".checks__row").evaluateAll((rows) => rows.map((row) => [row.firstChild.firstChild.textContent, row.lastChild.textContent.trim()])));
  const { "Browser keeps unsent messages": _promise, ...others } = marks;
  assert.deepEqual([...new Set(Object.values(others))], ["OK"], JSON.stringify(marks));
  await page.getByRole("navigation").getByRole("link", { name: "Counter" }).click();
  await page.getByRole("heading", { level: 1, name: "What do they need?" }).waitFor();
  return tablet;
}

/**
 * A day at a table: one person works the first half, another the second, and paper sheets are
 * entered in between.
 */
async function day(server, tablet, at, [first, second], sheets, inquiries, event) {
  const { page } = tablet;
  const contacts = (from, to) => page.evaluate(async ([cases, from, to]) => {
    for (let count = from; count < to; count += 1) await hands.contact(cases[count % cases.length]);
  }, [CASES, from, to]);
  await contacts(0, CONTACTS / 2);
  await page.evaluate(async ([at, inquiries]) => {
    for (let count = 0; count < inquiries; count += 1) await hands.inquiry(`Question ${at} ${count}`);
  }, [at, inquiries]);
  await handOver(page, second);
  await contacts(CONTACTS / 2, CONTACTS);

  await page.getByRole("navigation").getByRole("link", { name: "Events" }).click();
  await page.locator(".checks__row", { hasText: sheets }).getByRole("button", { name: "Open" }).click();
  await page.getByRole("link", { name: "Enter a form" }).click();
  await page.getByText(/^Forms saved: \d+\./).waitFor();
  await page.evaluate(async (count) => {
    // By phone and by mail, a sheet has one question less than by the other channels.
    const skipped = [10, 9, 10, 10, 9];
    for (let sheet = 0; sheet < count; sheet += 1) await hands.sheet(`${1 + (sheet % 5)}${"0".repeat(skipped[sheet % 5])}`);
  }, SURVEYS);
  await page.getByRole("link", { name: "Back" }).click();
  await page.getByLabel("How many people were invited?").fill(String(SURVEYS + 5));
  await page.getByLabel("How many of them declined?").fill("4");
  await page.getByRole("button", { name: "Save these counts" }).click();
  await page.getByText("Saved on this device", { exact: true }).waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "Staff: back to the counter" }).click();
  await unlock(page, first);
  await page.getByRole("heading", { level: 1, name: "What do they need?" }).waitFor();
  await page.getByText(`${event}. Unlocked by ${first}.`).waitFor();
}

/** What one tablet's day adds to the office's sums: counts by task, outcome and reason. */
function done() {
  const sums = {};
  for (let count = 0; count < CONTACTS; count += 1) {
    const [task, , outcome, , reason] = CASES[count % CASES.length];
    const key = `${task} ${OUTCOMES[outcome]} ${reason ?? ""}`.trim();
    sums[key] = (sums[key] ?? 0) + 1;
  }
  return sums;
}

/** What was received, waits and needs attention, as the kit page shows it. */
async function arrival(page) {
  await page.getByRole("navigation").getByRole("link", { name: "Events" }).click();
  await page.getByRole("heading", { name: "3. Back again" }).waitFor();
  return Object.fromEntries(await page.locator(".arrival tbody tr").evaluateAll((rows) => rows.map((row) => [row.cells[0].textContent, [...row.cells].slice(1).map((cell) => Number(cell.textContent))])));
}

test("two tablets at a fair for three days without a network: the office has exactly what was done", { timeout: 900_000 }, async () => {
  const { server, desk } = await freshOffice();
  const now = Date.now();
  const moment = (at) => new Date(now + at * 86_400_000);
  const date = (at) => new Intl.DateTimeFormat("en-CA", { timeZone: "America/Toronto" }).format(moment(at));
  const event = await makeEvent(desk, { name: "Fall fair of the test", days: [0, 1, 2].map((at) => [date(at), "00:00", "23:59"]), tasks: ["sell-bag-tags", "issue-library-card"] });
  const papers = [await surveyCode(desk, { name: "Sheets of table 1", way: "paper", every: 3 }), await surveyCode(desk, { name: "Sheets of table 2", way: "paper", every: 3 })];
  const codes = [await enrolmentCode(desk, { name: "Fair 1", hub: "library-lindsay" }), await enrolmentCode(desk, { name: "Fair 2", hub: "library-lindsay" })];
  let tablets = [await preparedTablet(server, codes[0], event.name), await preparedTablet(server, codes[1], event.name)];
  await server.stop();

  let [handOvers, crashes] = [0, 0];
  for (let at = 0; at < DAYS; at += 1) {
    for (const [table, tablet] of tablets.entries()) {
      if (at > 0) await tablet.context.clock.setSystemTime(moment(at));
      else await tablet.context.clock.install({ time: moment(at) });
      await day(server, tablet, `${table} ${at}`, ["Ann", "Ben"], `Sheets of table ${table + 1}`, INQUIRIES[at], event.name);
      handOvers += 1;
      if (at === 1 && table === 1) {
        // The battery dies at the table. What was reported as counted is there when the tablet is
        // charged.
        const waited = await arrival(tablet.page);
        assert.ok(kill(tablet.profile) > 0);
        await tablet.context.close().catch(() => {});
        tablets[1] = await device({ profile: tablet.profile, width: 800, height: 1_000 });
        await withHands(tablets[1].page);
        await tablets[1].context.clock.install({ time: moment(at) });
        await open(tablets[1].page, `${server.url}/counter`);
        await unlock(tablets[1].page, "Ann");
        assert.deepEqual(await arrival(tablets[1].page), waited, "nothing that was kept is gone");
        await tablets[1].page.getByRole("navigation").getByRole("link", { name: "Counter" }).click();
        crashes += 1;
      }
    }
  }
  assert.deepEqual([handOvers, crashes], [6, 1]);
  const kept = { Contacts: 150, Inquiries: 20, "Survey answers": 60, "Survey counts": 87 };
  for (const { page } of tablets) assert.deepEqual(await arrival(page), Object.fromEntries(Object.entries(kept).map(([kind, count]) => [kind, [0, count, 0]])));

  // One tablet is online again, the other is not.
  await tablets[1].context.setOffline(true);
  await server.start();
  await tablets[0].page.evaluate(() => window.dispatchEvent(new Event("online")));
  await tablets[0].page.getByText("Everything was received.").first().waitFor({ timeout: 60_000 });
  assert.deepEqual(await arrival(tablets[0].page), Object.fromEntries(Object.entries(kept).map(([kind, count]) => [kind, [count, 0, 0]])));

  // The other hands in a USB stick, and receives its receipts the same way.
  const { page } = tablets[1];
  await page.getByRole("navigation").getByRole("link", { name: "Messages" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save unsent messages to a file" }).click()]);
  const stick = folder("stick");
  const file = path.join(stick, download.suggestedFilename());
  await download.saveAs(file);
  const receipts = path.join(stick, "receipts.hub");
  const importing = () => execFileSync(BIN, ["import", file, "--receipts", receipts, "--site", server.site, "--data-dir", server.data]).toString();
  importing();
  importing();
  await page.getByLabel("Open a file").setInputFiles(receipts);
  await page.getByText("Everything was received.").first().waitFor({ timeout: 60_000 });
  assert.deepEqual(await arrival(page), Object.fromEntries(Object.entries(kept).map(([kind, count]) => [kind, [count, 0, 0]])));

  // What the office has.
  const sums = {};
  for (const row of server.rows("contacts").filter((row) => row.hub === event.id)) {
    const key = `${row.task} ${row.outcome} ${row.reason ?? ""}`.trim();
    sums[key] = (sums[key] ?? 0) + Number(row.count);
  }
  assert.deepEqual(sums, Object.fromEntries(Object.entries(done()).map(([key, count]) => [key, count * DAYS * 2])));
  const days = new Set(server.rows("contacts").filter((row) => row.hub === event.id).map((row) => row.day));
  assert.deepEqual([...days].sort(), [0, 1, 2].map(date));
  const inquiries = server.rows("inquiries").map((row) => row.content.inquiry.message);
  assert.deepEqual([inquiries.length, new Set(inquiries).size], [40, 40]);
  const answers = server.rows("feedback").map((row) => row.content.feedback.collector);
  assert.deepEqual(papers.map((code) => answers.filter((of) => of === code).length), [60, 60]);
  const tallied = Object.fromEntries(server.rows("tallies").filter((row) => papers.includes(row.collector)).map((row) => [`${row.collector} ${row.step}`, Number(row.count)]));
  assert.deepEqual(tallied, Object.fromEntries(papers.flatMap((code) => [[`${code} invited`, 75], [`${code} refused`, 12]])));

  // The counter page shows today only, because the other days are still in the future by the
  // server's clock.
  const seen = desk.page;
  for (let tries = 0; ; tries += 1) {
    await seen.goto(`${server.url}/office/counter?from=${date(0)}&to=${date(0)}&hub=${event.id}`);
    const text = await seen.locator("main").innerText();
    if (/Contacts\s+100\b/.test(text)) break;
    assert.ok(tries < 50, text);
    await seen.waitForTimeout(200);
  }
  await seen.goto(`${server.url}/office/tablets`);
  const fleet = await seen.locator(".devices").innerText();
  assert.ok(fleet.includes("Fair 1") && fleet.includes("Fair 2"), fleet);
});
