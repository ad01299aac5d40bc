// Every way to reach the survey: by its code, without a network, in both languages. What was
// counted and answered arrives exactly.
import test from "node:test";
import assert from "node:assert/strict";
import { findings } from "../hub/axe.mjs";
import { hub, device, open, ready, offlineReady, stored } from "../hub/hub.mjs";

const CODES = { link: "W1ABCD", poster: "P1ABCD", counter: "C1ABCD", kiosk: "K1ABCD", reply: "A1ABCDEFGHJK", tablet: "T3ABCDEFGHJK", paper: "S5ABCDEFGHJK" };
const TICKET = "00112233445566778899aabbccddeeff";
const MARKER = "zebrafish-umbrella-4417";
const ENGLISH = { start: "Start", next: "Next", skip: "Skip this question", check: "Check your answers", send: "Send answers", thanks: "Thank you" };
const FRENCH = { start: "Commencer", next: "Suivant", skip: "Passer cette question", check: "Vérifiez vos réponses", send: "Envoyer les réponses", thanks: "Merci" };

/**
 * Answers from the first page to the thanks: the third option of the first question, `comment` (if
 * any) to every open question, and the rest skipped.
 */
async function answer(page, words, comment) {
  await page.getByRole("link", { name: words.start, exact: true }).click();
  const first = await page.title();
  // Sooner, a tap in the same place is taken for the rest of a double tap.
  await page.waitForTimeout(450);
  await page.locator(".choice label").nth(2).click();
  await page.waitForFunction((title) => document.title !== title, first);
  while (!(await page.getByRole("heading", { level: 1, name: words.check }).isVisible())) {
    const before = await page.title();
    if (comment && (await page.locator("#comment").isVisible())) {
      await page.locator("#comment").fill(comment);
      await page.getByRole("button", { name: words.next }).click();
    } else await page.getByRole("button", { name: words.skip }).click();
    await page.waitForFunction((title) => document.title !== title, before);
  }
  await page.getByRole("button", { name: words.send }).click();
  await page.getByRole("heading", { level: 1, name: words.thanks }).waitFor();
}

/** The counts, such as { "poster started": 1 }. */
const tallies = (server) => Object.fromEntries(server.rows("tallies").map((row) => [`${row.way} ${row.step}`, Number(row.count)]));

async function tallied(server, expected) {
  const wanted = JSON.stringify(Object.entries(expected).sort());
  for (let tries = 0; JSON.stringify(Object.entries(tallies(server)).sort()) !== wanted && tries < 100; tries += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(tallies(server), expected);
}

const came = (server) => server.rows("feedback").map(({ content: { feedback } }) => [feedback.way, feedback.collector ?? null, feedback.ticket ?? null, feedback.language, feedback.answers.survey_version]);

async function sendNow(server, page) {
  await server.start();
  await open(page, `${server.url}/messages`);
  await page.getByRole("button", { name: "Send now" }).click({ timeout: 3_000 }).catch(() => {});
}

test("link, poster, counter and the reply to an inquiry: by their codes, offline, in both languages; each answer knows its way", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await server.stop();

  await open(page, `${server.url}/s/${CODES.poster.toLowerCase()}`);
  await page.getByText("Your answers are anonymous.").waitFor();
  await page.getByRole("link", { name: "Français" }).click();
  await page.getByText("Vos réponses sont anonymes.").waitFor();
  await page.getByRole("link", { name: "English" }).click();
  await answer(page, ENGLISH);
  await open(page, `${server.url}/fr/s/${CODES.counter}`);
  assert.equal(await page.getByText(/Nous invitons des personnes au hasard|Votre question est terminée/).count(), 0, "whoever chose to come was not asked");
  await answer(page, FRENCH);
  await open(page, `${server.url}/s/${CODES.link}`);
  await page.getByRole("heading", { level: 1, name: "How did we do?" }).waitFor();
  // Two visits with an answer (three submissions each), and now an opening. It must be stored
  // before the page is left.
  for (let tries = 0; (await stored(page)).heads.length < 7 && tries < 50; tries += 1) await page.waitForTimeout(100);
  await open(page, `${server.url}/fr/s/${CODES.reply}/${TICKET}`);
  await page.getByText("Votre question est terminée.").waitFor();
  await answer(page, FRENCH);
  // The code was used up. What follows on the same page is another visit.
  await page.getByRole("link", { name: "Votre avis" }).first().click();
  await answer(page, FRENCH);

  await sendNow(server, page);
  await server.received("feedback", 4);
  assert.deepEqual(came(server).sort(), [
    ["after-inquiry", CODES.reply, TICKET, "fr", 3],
    ["counter-code", CODES.counter, null, "fr", 3],
    ["open-link", null, null, "fr", 3],
    ["poster", CODES.poster, null, "en", 3],
  ]);
  await tallied(server, { "after-inquiry opened": 1, "after-inquiry started": 1, "counter-code opened": 1, "counter-code started": 1, "open-link opened": 1, "poster opened": 1, "poster started": 1 });
  assert.ok(server.rows("feedback").every(({ content: { feedback } }) => feedback.seconds < 60), "a duration, and nothing else of the time");
  await context.close();
  await server.stop();
});

test("a code that cannot be read is said so kindly, and the open survey is offered; it counts nowhere", async () => {
  const server = await hub();
  const { context, page } = await device();
  for (const code of ["P1ABC", "hello", `${CODES.reply}/123`, ""]) {
    await open(page, `${server.url}/s/${code}`);
    await page.getByRole("heading", { level: 1, name: "We can’t read this code" }).waitFor();
  }
  await page.getByRole("link", { name: "How did we do?" }).click();
  await answer(page, ENGLISH);
  await server.received("feedback", 1);
  assert.deepEqual(came(server), [["open-link", null, null, "en", 3]]);
  assert.deepEqual(tallies(server), {});
  await context.close();
  await server.stop();
});

test("a tablet asks every third visitor, counts who says no, and shows the next person nothing of the last", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await offlineReady(page);
  await server.stop();
  await open(page, `${server.url}/s/${CODES.tablet}`);
  await page.getByRole("heading", { level: 1, name: "One visitor in 3 is invited" }).waitFor();
  const before = await page.evaluate(() => history.length);
  const visitor = page.getByRole("button", { name: "Count a visitor" });
  const counts = async () => (await page.locator(".counts dd").allInnerTexts()).map(Number);
  await visitor.click();
  await visitor.click();
  await page.getByText("Visitors counted: 2 of 3. Invite the next one.").waitFor();
  await page.reload();
  await ready(page);
  await page.getByText("Visitors counted: 2 of 3.").waitFor();
  await visitor.click();
  await page.getByRole("heading", { name: "Invite this person" }).waitFor();
  await page.waitForFunction(() => document.activeElement.matches("main h2"));
  await page.getByRole("button", { name: "Declined" }).click();
  await page.getByText("Visitors counted: 0 of 3.").waitFor();
  assert.deepEqual(await counts(), [1, 0, 1]);

  for (let passed = 0; passed < 3; passed += 1) await visitor.click();
  await page.getByRole("button", { name: "Accepted" }).click();
  await page.getByText("One visitor in 3 is invited.").waitFor();
  await page.getByRole("link", { name: "Français" }).click();
  await page.getByText("On invite un visiteur sur 3.").waitFor();
  await answer(page, FRENCH, MARKER);
  assert.equal(await page.locator(".receipt").count(), 0, "a receipt would be read by the next");
  const loaded = page.waitForEvent("load");
  await page.getByRole("button", { name: "Recommencer" }).click();
  await loaded;
  await ready(page);
  await page.getByRole("heading", { level: 1, name: "One visitor in 3 is invited" }).waitFor();
  assert.deepEqual(await counts(), [2, 1, 1]);
  assert.equal(await page.evaluate(() => history.length), before);
  assert.equal(new URL(page.url()).pathname, `/s/${CODES.tablet}`);
  const left = await page.evaluate(() => JSON.stringify([document.body.innerText, { ...localStorage }, { ...sessionStorage }, history.state]));
  assert.ok(!left.includes(MARKER));
  await page.goBack().catch(() => {});
  await page.waitForTimeout(300);
  assert.ok(!(await page.evaluate(() => document.body.innerText)).includes(MARKER));

  // A person who walks away in the middle was asked, and has not answered.
  await open(page, `${server.url}/s/${CODES.tablet}`);
  for (let passed = 0; passed < 3; passed += 1) await visitor.click();
  await page.getByRole("button", { name: "Accepted" }).click();
  await page.getByRole("link", { name: "Start", exact: true }).click();
  await page.locator(".choice label").nth(1).click();
  await page.getByRole("button", { name: "I’m done" }).click();
  await page.getByRole("button", { name: "Count a visitor" }).waitFor();
  assert.deepEqual(await counts(), [3, 1, 1]);

  await page.getByRole("link", { name: "My messages" }).click();
  await page.getByText(/^Survey count × 8$/).waitFor();
  assert.equal(await page.locator(".message-card").count(), 1, "counts do not bury what people said");
  await sendNow(server, page);
  await server.received("feedback", 1);
  assert.deepEqual(came(server), [["staff-assisted", CODES.tablet, null, "fr", 3]]);
  await tallied(server, { "staff-assisted invited": 3, "staff-assisted refused": 1, "staff-assisted opened": 2, "staff-assisted started": 2 });
  await page.getByText(/^Survey count × 8$/).waitFor();
  assert.equal((await stored(page)).heads.length, 9);
  await context.close();
  await server.stop();
});

test("sheets of paper go in by digits alone, one after the other, and the batch sheet by two numbers", async () => {
  const server = await hub();
  const { context, page } = await device({ width: 1280, height: 800 });
  await open(page, server.url);
  await offlineReady(page);
  await server.stop();
  await open(page, `${server.url}/s/${CODES.paper}`);
  await page.getByText("One visitor in 5 is invited.").waitFor();
  await page.getByRole("link", { name: "Enter a form" }).click();
  const questions = async (keys) => {
    for (const key of keys) {
      const before = await page.title();
      if (await page.locator("#comment").isVisible()) {
        await page.locator("#comment").fill("Shorter lines, 5 of them");
        await page.getByRole("button", { name: "Next" }).click();
      } else await page.keyboard.press(key);
      await page.waitForFunction((title) => document.title !== title, before);
    }
  };
  await page.getByText("Forms saved: 0.").waitFor();
  // A key that is held answers one question.
  for (let held = 0; held < 3; held += 1) await page.keyboard.down("2");
  await page.keyboard.up("2");
  await page.getByText(/^Question 2 of/).waitFor();
  await page.getByRole("link", { name: "Back" }).click();
  // By phone, so neither the place nor the data are asked about; the person got what they needed in
  // part, so "What was missing?" is. The last comment sends the sheet.
  await questions("256431221281");
  await page.getByText("Forms saved: 1.").waitFor();
  // At a counter, so the place is asked about: one key more before the comment.
  await questions("10000000000");
  await page.getByRole("button", { name: "Skip this question" }).click();
  await page.getByText("Forms saved: 2.").waitFor();
  await page.getByRole("link", { name: "Back" }).click();
  await page.getByRole("heading", { level: 1, name: "Paper forms" }).waitFor();

  const keep = page.getByRole("button", { name: "Save these counts" });
  await page.getByLabel("How many people were invited?").fill("3");
  await page.getByLabel("How many of them declined?").fill("4");
  await keep.click();
  await page.getByText("no more refusals than invitations").waitFor();
  await page.getByLabel("How many people were invited?").fill("12");
  await keep.click();
  await page.getByText("Saved on this device", { exact: true }).waitFor({ timeout: 60_000 });
  assert.equal(await page.getByLabel("How many people were invited?").inputValue(), "", "the same number does not go in twice");
  assert.deepEqual((await page.locator(".counts dd").allInnerTexts()).map(Number), [12, 2, 4]);

  await sendNow(server, page);
  await server.received("feedback", 2);
  await tallied(server, { "paper invited": 12, "paper refused": 4 });
  const sheets = server.rows("feedback").map(({ content: { feedback } }) => feedback);
  assert.ok(sheets.every((sheet) => sheet.way === "paper" && sheet.collector === CODES.paper && sheet.seconds === null));
  const first = Object.fromEntries(sheets.find((sheet) => sheet.answers.answers.some(([id]) => id === "missing")).answers.answers);
  assert.deepEqual(
    [first.channel, first.find, first.informed, first.courtesy, first.outcome, first.remarks],
    [{ choice: "phone" }, { scale: 5 }, "does-not-apply", { scale: 3 }, { choice: "partly" }, { comment: "Shorter lines, 5 of them" }],
  );
  await context.close();
  await server.stop();
});

test("a kiosk thanks and starts over by itself or at a touch, and when somebody walks away; on an enrolled terminal too", async () => {
  const server = await hub();
  for (const home of [`/s/${CODES.kiosk}`, `/k/try-it/fr/s/${CODES.kiosk}`]) {
    const words = home.includes("/fr/") ? FRENCH : ENGLISH;
    const { context, page } = await device();
    await page.clock.install();
    await open(page, server.url + home);
    assert.equal(await page.getByRole("navigation").count(), 0);
    await answer(page, words, MARKER);
    assert.equal(await page.locator(".receipt").count(), 0);
    let loaded = page.waitForEvent("load");
    await page.clock.runFor(9_000);
    await loaded;
    await ready(page);
    assert.equal(new URL(page.url()).pathname, home);
    await answer(page, words);
    loaded = page.waitForEvent("load");
    await page.getByRole("button", { name: words === FRENCH ? "Recommencer" : "Start over" }).click();
    await loaded;
    await ready(page);
    await page.getByRole("link", { name: words.start, exact: true }).click();
    await page.locator(".choice label").first().click();
    await page.clock.runFor(95_000);
    await page.getByRole("dialog").waitFor();
    loaded = page.waitForEvent("load");
    await page.clock.runFor(30_000);
    await loaded;
    await ready(page);
    await page.getByRole("link", { name: words.start, exact: true }).waitFor();
    assert.ok(!(await page.evaluate(() => JSON.stringify([document.body.innerText, { ...localStorage }]))).includes(MARKER));
    const visits = home.startsWith("/k/") ? 6 : 3;
    await tallied(server, { "kiosk opened": visits, "kiosk started": visits });
    await context.close();
  }
  await server.received("feedback", 4);
  assert.deepEqual(new Set(came(server).map(([way, collector]) => `${way} ${collector}`)), new Set([`kiosk ${CODES.kiosk}`]));
  await server.stop();
});

for (const [width, height] of [[360, 640], [1280, 800]]) {
  test(`no findings and no sideways scrolling on the survey's doors at ${width} px`, async () => {
    const server = await hub();
    const { context, page } = await device({ width, height, bypassCSP: true });
    const check = async (what) => {
      assert.deepEqual(await findings(page), [], what);
      const { wide, inner } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, inner: innerWidth }));
      assert.ok(wide <= inner, `${what}: ${wide} px wide`);
      if (process.env.HUB_PICTURES) await page.screenshot({ path: `${process.env.HUB_PICTURES}/${what.replaceAll(/\W+/g, "-")}-${width}.png`, fullPage: true });
    };
    for (const prefix of ["", "/fr"]) {
      for (const path of ["nothing", CODES.poster, `${CODES.reply}/${TICKET}`, CODES.kiosk, CODES.tablet, CODES.paper]) {
        await open(page, `${server.url}${prefix}/s/${path}`);
        await check(`${prefix} ${path.slice(0, 12)}`);
      }
      await page.getByRole("link", { name: prefix ? "Saisir un formulaire" : "Enter a form" }).click();
      await page.locator(".choice").first().waitFor();
      await check(`${prefix} sheet`);
      await open(page, `${server.url}${prefix}/s/${CODES.tablet}`);
      for (let passed = 0; passed < 3; passed += 1) await page.locator(".stand-count").click();
      await page.locator("main h2").waitFor();
      await check(`${prefix} asking`);
      await page.evaluate(() => localStorage.removeItem("stand"));
      await open(page, `${server.url}${prefix}/s/${CODES.kiosk}`);
      await answer(page, prefix ? FRENCH : ENGLISH);
      await check(`${prefix} thanks`);
    }
    await open(page, `${server.url}/feedback/area`);
    await check("area");
    await open(page, `${server.url}/fr/feedback/area`);
    await check("fr area");
    await open(page, `${server.url}/messages`);
    await check("messages");
    await context.close();
    await server.stop();
  });
}

test("no link leads to results before there are any; their page is there without a network once they were seen", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  await offlineReady(page);
  for (const [path, link, heading] of [
    ["/feedback", "See the survey results", "What people think of our services"],
    ["/fr/feedback", "Voir les résultats du sondage", "Ce que les gens pensent de nos services"],
  ]) {
    await open(page, `${server.url}${path}`);
    await page.getByRole("link", { name: link }).waitFor({ state: "detached" });
    await page.goto(`${server.url}${path.replace("feedback", "survey-results")}`);
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    assert.deepEqual(await findings(page), []);
  }
  await server.stop();
  await page.goto(`${server.url}/survey-results`);
  await page.getByRole("heading", { level: 1, name: "What people think of our services" }).waitFor();
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".bar")).display), "flex", "with its style");
  await context.close();
});

test("a double tap on Next is one step, also where the second tap counts as a first one", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, `${server.url}/feedback`);
  await page.getByRole("link", { name: "Start", exact: true }).click();
  await page.getByText("Question 1 of").waitFor();
  await page.locator(".choice input").first().focus();
  await page.keyboard.press("Space");
  const next = page.getByRole("button", { name: "Next" });
  const { x, y, width, height } = await next.boundingBox();
  const tap = () => page.mouse.click(x + width / 2, y + height / 2);
  await tap();
  await tap();
  await page.getByText("Question 2 of").waitFor();
  assert.equal(await page.locator("#answer-error").count(), 0, "nothing was pressed on the next question");
  await page.waitForTimeout(450);
  await next.click();
  await page.locator("#answer-error").waitFor();
  await context.close();
  await server.stop();
});
