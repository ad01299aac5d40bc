// A person's own settings: forced colours, reduced motion, and printing.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, device, open } from "../hub/hub.mjs";

const PATHS = ["/", "/search?q=dog", "/services/property-tax-payment", "/hubs/city-hall", "/ask", "/feedback/channel"];

test("with forced colours, what can be pressed has an edge, and the place one is at is marked without colour alone", async () => {
  const server = await hub();
  const { context, page } = await device({ forcedColors: "active" });
  for (const path of PATHS) {
    await open(page, server.url + path);
    const bare = await page.evaluate(() => {
      const seen = [...document.querySelectorAll("button, .button, input:not([type=radio]), textarea, .choice label, .tile")].filter((element) => element.checkVisibility());
      return seen.filter((element) => {
        const { borderTopStyle, borderTopWidth, textDecorationLine } = getComputedStyle(element);
        const isLink = textDecorationLine === "underline";
        return !isLink && (borderTopStyle === "none" || parseFloat(borderTopWidth) < 1);
      }).map((element) => element.outerHTML.slice(0, 90));
    });
    assert.deepEqual(bare, [], path);
  }
  await open(page, `${server.url}/hubs`);
  const here = page.locator(".places__link[aria-current]:visible").first();
  const other = page.locator(".places__link:not([aria-current]):visible").first();
  const border = (link) => link.evaluate((element) => getComputedStyle(element).borderTopColor + getComputedStyle(element).borderBottomColor);
  assert.notEqual(await border(here), await border(other));
  await context.close();
  await server.stop();
});

test("when less motion is asked for, nothing moves", async () => {
  const server = await hub();
  const { context, page } = await device({ reducedMotion: "reduce" });
  for (const path of PATHS) {
    await open(page, server.url + path);
    const moving = await page.evaluate(() => [...document.querySelectorAll("*")].filter((element) => {
      const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
      return transitionDuration.split(",").some((time) => parseFloat(time) > 0) || animationName !== "none" || scrollBehavior === "smooth";
    }).map((element) => element.className));
    assert.deepEqual(moving, [], path);
  }
  await context.close();
  await server.stop();
});

test("paper has what a person takes along, on one page, and none of the buttons", async () => {
  const server = await hub();
  const { context, page } = await device({ width: 1280, height: 800 });
  for (const [path, needed] of [["/services/dog-licence", ["Bring", "Cost", "705-324-9411"]], ["/hubs/city-hall", ["Hours for the next 7 days", "26 Francis Street"]]]) {
    await open(page, server.url + path);
    await page.emulateMedia({ media: "print" });
    const text = await page.evaluate(() => document.body.innerText);
    for (const words of needed) assert.ok(text.includes(words), `${path} prints ${words}`);
    const shown = await page.evaluate(() => [...document.querySelectorAll("button, nav, .search")].filter((element) => element.checkVisibility()).map((element) => element.outerHTML.slice(0, 80)));
    assert.deepEqual(shown, [], `${path} prints no controls`);
    const pages = (await page.pdf({ format: "Letter" })).toString("latin1").match(/\/Type\s*\/Page[^s]/g).length;
    assert.ok(pages <= (path.startsWith("/services") ? 1 : 2), `${path} takes ${pages} pages`);
    await page.emulateMedia({ media: null });
  }
  await context.close();
  await server.stop();
});

test("an app that stops says so, with whom to call", async () => {
  const server = await hub();
  const { context, page } = await device();
  await open(page, server.url);
  // A module whose only function traps, as a panic does.
  await page.evaluate(() => setTimeout(() => {
    const trap = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11]);
    new WebAssembly.Instance(new WebAssembly.Module(trap)).exports.t();
  }));
  await page.getByRole("alert").filter({ hasText: "This page couldn’t start" }).waitFor();
  assert.ok(await page.getByRole("alert").getByRole("link", { name: "705-324-9411" }).isVisible());
  await context.close();
  await server.stop();
});
