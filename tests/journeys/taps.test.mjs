// How many taps and pages it takes to reach a goal on a phone, on a tablet and at a desk. Typing is
// not counted, neither is the first page. A number may fall; when one grows, somebody pays for it.
import test from "node:test";
import assert from "node:assert/strict";
import { device, hub, offlineReady, open, received } from "../hub/hub.mjs";
import { office, signIn } from "../hub/office.mjs";

const PHONE = { width: 360, height: 740 };
/** A Thursday at ten in the morning in Lindsay. */
const THURSDAY = new Date("2026-11-26T15:00:00Z");

/** Counts the taps on a page, and the pages that they lead to. */
function walk(page) {
  const pages = [];
  let taps = 0;
  const path = () => new URL(page.url()).pathname;
  const first = path();
  return {
    /** Taps what stands on the screen: nobody scrolls to it. */
    async tap(target) {
      await target.first().waitFor();
      await target.first().click();
      taps += 1;
    },
    async arrived(target) {
      await target.first().waitFor();
      const now = path();
      if (now !== (pages.at(-1) ?? first)) pages.push(now);
    },
    atMost(most, mostPages) {
      assert.ok(taps <= most, `${taps} taps, at most ${most}`);
      assert.ok(pages.length <= mostPages, `${pages.length} pages (${pages}), at most ${mostPages}`);
    },
  };
}

/** Whether an element is on the screen without scrolling. */
const isOnScreen = (target) => target.first().evaluate((element) => {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
});

test("a resident's goals: garbage day, an open location, a permit in French, a question and its reply", async () => {
  const server = await hub();
  const { context, page } = await device(PHONE);
  await page.clock.setFixedTime(THURSDAY);

  await open(page, server.url);
  let goal = walk(page);
  await page.getByRole("combobox").fill("when is garbage day");
  await goal.tap(page.getByRole("option", { name: /collection day/i }));
  await goal.arrived(page.getByRole("heading", { level: 1, name: /collection day/i }));
  const call = page.locator("main .call");
  assert.ok(await isOnScreen(call), "what to do is on the first screen");
  const dials = await call.evaluate((button) => {
    const { left, top, height } = button.getBoundingClientRect();
    return document.elementFromPoint(left + 12, top + height / 2).closest("a")?.href;
  });
  assert.equal(dials, "tel:7053249411", "all of the button dials");
  goal.atMost(1, 1);

  await open(page, server.url);
  goal = walk(page);
  await goal.tap(page.getByRole("link", { name: "Locations" }));
  await goal.arrived(page.getByRole("heading", { level: 1, name: "Locations" }));
  const nearest = page.locator(".card", { hasText: "Open until" });
  assert.ok(await isOnScreen(nearest), "an open location on the first screen");
  await goal.tap(nearest.getByRole("link"));
  await goal.arrived(page.locator(".hub-now"));
  goal.atMost(2, 2);

  await open(page, `${server.url}/fr`);
  goal = walk(page);
  await page.getByRole("combobox").fill("permis de construire");
  await goal.tap(page.getByRole("option", { name: /permis de construire/i }));
  await goal.arrived(page.getByRole("heading", { level: 1, name: /permis de construire/i }));
  assert.equal(await page.locator("main h1[lang]").count(), 0, "in French");
  goal.atMost(1, 1);
  await context.close();
  await server.stop();
});

test("a resident asks from a service in four taps, and one more leads from the first page to the reply", async () => {
  const { server, password } = await office({ inquiries: 40 });
  const { context, page } = await device(PHONE);
  await open(page, `${server.url}/services/dog-licence`);
  await offlineReady(page);
  let goal = walk(page);
  await goal.tap(page.locator("main").getByRole("link", { name: /^Ask/ }));
  await page.getByLabel("Your question").fill("Does my puppy need one?");
  await goal.arrived(page.getByLabel("Your question"));
  await goal.tap(page.getByLabel("No reply needed"));
  await goal.tap(page.getByRole("button", { name: "Continue" }));
  await goal.arrived(page.getByRole("heading", { name: "Check your question" }));
  await goal.tap(page.getByRole("button", { name: "Send question" }));
  await goal.arrived(page.getByRole("heading", { name: "Your question is saved" }));
  goal.atMost(4, 3);
  await received(page);
  const reference = await page.locator(".receipt__reference").innerText();

  // The agent opens the first inquiry, replies, and one press sends, closes and opens the next.
  const desk = await device({ width: 1280, height: 800, locale: "en-CA" });
  await signIn(desk.page, server, "demo-office", password);
  await desk.page.getByLabel("Words, name, email or reference number").fill(reference);
  const agent = walk(desk.page);
  await agent.tap(desk.page.getByRole("button", { name: "Show" }));
  await agent.arrived(desk.page.locator(".paper"));
  await desk.page.getByLabel("Your reply").fill("Yes, from eight weeks on.");
  await agent.tap(desk.page.getByRole("button", { name: "Send, close and open next" }));
  await desk.page.locator(".done, [role=status]").first().waitFor();
  agent.atMost(3, 3);

  await desk.close();
  const room = await device({ width: 1280, height: 800, locale: "en-CA" });
  await signIn(room.page, server, "demo-manager", password);
  const manager = walk(desk.page);
  await manager.tap(room.page.getByRole("link", { name: "Figures" }));
  await manager.arrived(room.page.getByRole("columnheader", { name: "Overdue" }));
  manager.atMost(1, 1);
  await room.close();

  await open(page, server.url);
  await page.locator(".places__count").waitFor();
  goal = walk(page);
  await goal.tap(page.getByRole("link", { name: "You have a reply from the City" }));
  await goal.arrived(page.locator(".reply"));
  assert.match(await page.locator(".reply").innerText(), /from eight weeks on/);
  goal.atMost(1, 1);
  await context.close();
});

test("the survey: at most twenty taps, and Next is always on the screen", async () => {
  const server = await hub();
  const { context, page } = await device(PHONE);
  await open(page, server.url);
  const goal = walk(page);
  await goal.tap(page.getByRole("navigation").getByRole("link", { name: "Feedback" }));
  await goal.tap(page.getByRole("link", { name: "Start", exact: true }));
  while (!(await page.getByRole("heading", { level: 1, name: "Check your answers" }).isVisible())) {
    const before = await page.title();
    const next = page.getByRole("button", { name: "Next" });
    await next.waitFor();
    assert.ok(await isOnScreen(next), `Next is on the screen: ${before}`);
    if (await page.locator("#comment").isVisible()) {
      await page.locator("#comment").fill("Fine");
      await goal.tap(next);
    } else {
      // Sooner, a tap in the same place is taken for the rest of a double tap.
      await page.waitForTimeout(450);
      await goal.tap(page.locator(".choice label"));
    }
    await page.waitForFunction((title) => document.title !== title, before);
  }
  await goal.tap(page.getByRole("button", { name: "Send answers" }));
  await goal.arrived(page.getByRole("heading", { level: 1, name: "Thank you" }));
  goal.atMost(20, 1);
  await context.close();
  await server.stop();
});
