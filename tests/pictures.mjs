// Takes screenshots of every page at two widths, in both languages, for visual review. Usage: node
// tests/pictures.mjs FOLDER
import fs from "node:fs";
import path from "node:path";
import { hub, device, open, ask, offlineReady } from "./hub/hub.mjs";

const out = process.argv[2] ?? "target/pictures";
fs.mkdirSync(out, { recursive: true });
const PAGES = { home: "/", results: "/search?q=dog%20licence", nothing: "/search?q=qqqq", topic: "/topics/taxes-bills", life: "/life/moving-here", "a-z": "/a-z", service: "/services/property-tax-payment", unverified: "/services/scrap-metal", hubs: "/hubs", narrowed: "/search?q=dog&how=online", trip: "/trip?do=s.dog-licence,s.property-tax-payment,s.scrap-metal", "trip-empty": "/trip", hub: "/hubs/city-hall", "hub-unknown": "/hubs/library-dalton", ask: "/ask?service=dog-licence", feedback: "/feedback", question: "/feedback/find", comment: "/feedback/remarks", messages: "/messages", bring: "/bring", erase: "/messages/erase", about: "/about", privacy: "/privacy", accessibility: "/accessibility", "not-found": "/nothing-here" };

const server = await hub();
for (const [width, height, colorScheme] of [[360, 640, "light"], [1280, 800, "light"], [360, 640, "dark"]]) {
  const { context, page } = await device({ width, height, colorScheme });
  const shoot = (name) => page.screenshot({ path: path.join(out, `${name}-${width}-${colorScheme}.png`), fullPage: true });
  for (const [name, address] of Object.entries(PAGES)) {
    await open(page, server.url + address);
    await shoot(name);
    if (colorScheme === "light") {
      await open(page, `${server.url}/fr${address === "/" ? "" : address}`);
      await shoot(`fr-${name}`);
    }
  }
  await open(page, server.url);
  await page.getByRole("combobox").fill("dog lcience");
  await page.getByRole("option").first().waitFor();
  await page.getByRole("combobox").press("ArrowDown");
  await shoot("typing");
  await open(page, `${server.url}/hubs/city-hall`);
  await page.getByText("Report an error").click();
  await shoot("correction");
  await offlineReady(page);
  await open(page, `${server.url}/ask`);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.locator("#error-summary").waitFor();
  await shoot("ask-errors");
  await ask(page, "When is garbage day on my road?", { base: server.url });
  await page.getByText("The City has received it.").waitFor();
  await shoot("receipt");
  await open(page, `${server.url}/messages`);
  await shoot("messages-received");
  await context.close();
}
// The two screenshots that the manifest shows before installation.
const wide = await device({ width: 1280, height: 800 });
await open(wide.page, server.url);
await wide.page.screenshot({ path: path.join(out, "wide.png") });
await wide.close();
const narrow = await device({ width: 360, height: 640, deviceScaleFactor: 2 });
await open(narrow.page, server.url);
await narrow.page.screenshot({ path: path.join(out, "narrow.png") });
await narrow.close();
await server.stop();
console.log(`Pictures are in ${out}.`);
process.exit(0);
