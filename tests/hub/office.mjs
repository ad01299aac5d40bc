// Helpers for the office: a server with a generated month of data, signing in, and creating what
// other tests need.
import { execFileSync } from "node:child_process";
import { SITE, folder, hub, device } from "./hub.mjs";

const BIN = process.env.HUB_BIN ?? "target/debug/community-hub";

/** A server with a generated month of data, and the password of its work accounts. */
export async function office({ inquiries = 80 } = {}) {
  const data = folder("demo");
  const said = execFileSync(BIN, ["demo", "--site", SITE, "--data-dir", data, "--inquiries", String(inquiries)], { stdio: ["ignore", "pipe", "ignore"] }).toString();
  const server = await hub({ data });
  return { server, password: said.match(/password (\S+) /)[1] };
}

export async function signIn(page, server, login, password) {
  await page.goto(`${server.url}/office`);
  await page.getByLabel(/Username|Identifiant/).fill(login);
  await page.getByLabel(/Password|Mot de passe/).fill(password);
  await page.getByRole("button", { name: /^Sign in|^Se connecter/ }).click();
  await page.getByRole("heading", { name: /Inbox|Boîte de réception/ }).waitFor();
  // The heading is there before the keys are.
  await page.waitForLoadState("load");
}


/** An empty server, and a page where its first administrator is signed in. */
export async function freshOffice() {
  const server = await hub();
  const { page, close } = await device({ width: 1280, height: 800, locale: "en-CA" });
  let token;
  for (let tries = 0; !token && tries < 50; tries += 1) {
    token = server.said.match(/token, which works once: (\S+)/)?.[1];
    if (!token) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await page.goto(`${server.url}/office/first`);
  await page.getByLabel("Token from the console").fill(token);
  await page.getByLabel("Your username").fill("first");
  await page.getByLabel("Your name").fill("First");
  await page.getByLabel("New password").fill("a short sentence is easy");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Staff" }).first().waitFor();
  return { server, desk: { page, close, url: server.url } };
}

/**
 * Creates an event on some days, each [date, from, to], that offers some tasks. Waits until the
 * server's catalogue contains it.
 */
export async function makeEvent(desk, { name, days, tasks }) {
  const { page } = desk;
  await page.goto(`${desk.url}/office/events`);
  const make = page.locator("#make");
  await make.getByLabel("Name", { exact: true }).fill(name);
  await make.getByLabel("Type of location").selectOption("library");
  await make.getByLabel("Community").fill("Bobcaygeon");
  for (const [at, [date, from, to]] of days.entries()) {
    await page.locator(`#date-${at + 1}`).fill(date);
    await page.locator(`#from-${at + 1}`).fill(from);
    await page.locator(`#to-${at + 1}`).fill(to);
  }
  await make.getByText("Choose tasks").click();
  for (const task of tasks) await page.locator(`[name="task-${task}"]`).check();
  await page.getByRole("button", { name: "Create event" }).click();
  const card = page.locator(".ways li", { hasText: name });
  await card.first().waitFor();
  return { name, id: (await card.first().locator(".mono").innerText()).trim() };
}

/** An enrolment code for a tablet. */
export async function enrolmentCode(desk, { name, hub }) {
  await desk.page.goto(`${desk.url}/office/tablets`);
  await desk.page.getByLabel("Tablet name").fill(name);
  await desk.page.getByLabel("Location", { exact: true }).selectOption(hub);
  await desk.page.getByRole("button", { name: "Create code" }).click();
  return (await desk.page.locator(".enrol .code").innerText()).trim();
}

/** The code of a new survey link. */
export async function surveyCode(desk, { name, way, every = 1 }) {
  await desk.page.goto(`${desk.url}/office/survey/ways`);
  await desk.page.getByLabel("Type", { exact: true }).selectOption(way);
  await desk.page.getByLabel("Name", { exact: true }).fill(name);
  await desk.page.getByLabel(/^Invite one visitor in/).fill(String(every));
  await desk.page.getByRole("button", { name: "Create survey link" }).click();
  return (await desk.page.locator(".ways li", { hasText: name }).locator("a.mono").innerText()).split("/").at(-1);
}
