// axe reports no violation on any page in any state, in both languages, on a phone and on a
// desktop, light and dark.
import test from "node:test";
import assert from "node:assert/strict";
import { findings } from "../hub/axe.mjs";
import { hub, device, open, ready, offlineReady } from "../hub/hub.mjs";

const PATHS = ["", "/search?q=dog", "/search?q=dog&how=online&topic=animals-bylaws", "/search?q=qqqq", "/topics/taxes-bills", "/life/moving-here", "/a-z", "/services/property-tax-payment", "/services/scrap-metal", "/hubs", "/hubs/city-hall", "/hubs/library-dalton", "/trip", "/trip?do=s.dog-licence,s.property-tax-payment,s.scrap-metal", "/ask?service=dog-licence", "/ask/check", "/feedback", "/feedback/channel", "/feedback/find", "/feedback/barriers", "/feedback/remarks", "/feedback/check", "/messages", "/messages/erase", "/bring", "/about", "/privacy", "/accessibility", "/nothing-here"];

async function check(page, what) {
  assert.deepEqual(await findings(page), [], what);
  const { wide, width } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, width: innerWidth }));
  assert.ok(wide <= width, `${what}: ${wide} px wide in a window of ${width}`);
}

for (const [width, height, colorScheme] of [[360, 640, "light"], [1280, 800, "dark"], [320, 256, "light"]]) {
  test(`no findings and no sideways scrolling at ${width} px, ${colorScheme}`, async () => {
    const server = await hub();
    // The test injects axe, which the site's own policy would block.
    const { context, page } = await device({ width, height, colorScheme, bypassCSP: true });
    for (const prefix of ["", "/fr"]) {
      for (const path of PATHS) {
        await open(page, server.url + (prefix + path || "/"));
        await check(page, `${prefix}${path} at ${width}`);
      }
    }
    await open(page, server.url);
    await page.getByRole("combobox").fill("dog lcience");
    await page.getByRole("option").first().waitFor();
    await page.getByRole("combobox").press("ArrowDown");
    await check(page, "typing, with the first choice reached");
    await open(page, `${server.url}/hubs/city-hall`);
    await page.getByText("Report an error").click();
    await check(page, "saying that something is wrong");
    await offlineReady(page);
    await open(page, `${server.url}/ask`);
    await page.getByLabel("By phone").check();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.locator("#error-summary").waitFor();
    await check(page, "errors");
    await server.stop();
    await page.getByLabel("Your question").fill("Hello");
    await page.getByLabel("No reply needed").check();
    await page.getByRole("button", { name: "Continue" }).click();
    await check(page, "check");
    await page.getByRole("button", { name: "Send question" }).click();
    await page.getByRole("heading", { name: "Your question is saved" }).waitFor();
    await page.getByText("No answer from the City’s server.").waitFor();
    await check(page, "receipt, waiting");
    await page.getByRole("link", { name: "My messages" }).click();
    await page.getByRole("button", { name: "Send now" }).waitFor();
    await check(page, "messages, waiting, offline");
    await context.close();
  });
}

test("a person with a keyboard alone finds a service, asks, and sees where they are", async () => {
  const server = await hub();
  const { context, page } = await device({ width: 1280, height: 800 });
  await open(page, server.url);
  await offlineReady(page);
  await page.keyboard.press("Tab");
  const until = async (wanted) => {
    for (let presses = 0; presses < 80; presses += 1) {
      const { text, rings } = await page.evaluate(() => {
        const element = document.activeElement;
        // A link that fills its card shows the focus ring around the card.
        const styles = [getComputedStyle(element), getComputedStyle(element, "::after"), getComputedStyle(element.closest(".card, .tile") ?? element)];
        return { text: (element.innerText || element.id || "").trim(), rings: styles.map((style) => style.outlineStyle) };
      });
      if (text.startsWith(wanted)) return assert.ok(rings.some((ring) => ring !== "none"), `${wanted} shows that it has the focus`);
      await page.keyboard.press("Tab");
    }
    assert.fail(`${wanted} cannot be reached`);
  };
  await page.getByLabel("Say it in your own words").focus();
  await page.keyboard.type("pothole");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Report a pothole" }).waitFor();
  await until("Ask about this");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Ask a question" }).waitFor();
  await until("message");
  await page.keyboard.type("When will it be mended?");
  await page.getByLabel("No reply needed").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Check your question" }).waitFor();
  await until("Send question");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Your question is saved" }).waitFor();
  await context.close();
  await server.stop();
});

test("another municipality runs with its own name, lines, colours and hours", async () => {
  const { OTHER_SITE } = await import("../hub/hub.mjs");
  const server = await hub({ site: OTHER_SITE });
  const { context, page } = await device();
  await open(page, server.url);
  assert.match(await page.title(), /Pine Harbour/);
  await page.getByRole("link", { name: "In danger? Call 911." }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Français" }).count(), 0);
  assert.ok(!(await page.content()).includes("Kawartha"));
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent").trim()), "#5b2a6e");
  await page.getByLabel("Say it in your own words").fill("boat");
  await page.getByRole("option", { name: "Get a boat permit" }).first().click();
  await page.getByText("A season: $40").first().waitFor();
  await context.close();
  await server.stop();
});

test("it can be installed, and every request of a first visit is ours", async () => {
  const server = await hub();
  const { context, page } = await device();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  const refused = [];
  page.on("console", (message) => message.type() === "error" && refused.push(message.text()));
  await open(page, server.url);
  await offlineReady(page);
  assert.deepEqual(requests.filter((url) => !url.startsWith(server.url)), []);
  assert.deepEqual(refused, [], "nothing breaks the site's own policy");
  const session = await context.newCDPSession(page);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  assert.deepEqual(installabilityErrors.filter((error) => error.errorId !== "in-incognito"), []);
  await page.reload();
  await ready(page);
  await context.close();
  await server.stop();
});
