// The office as its staff use it: a server with a made-up month, a desk that is signed in, and what is made there for others.
import { execFileSync } from "node:child_process";
import { SITE, folder, hub, device } from "./hub.mjs";

const BIN = process.env.HUB_BIN ?? "target/debug/community-hub";

/** A server with a made-up month, and the password of its people. */
export async function office({ inquiries = 80 } = {}) {
  const data = folder("demo");
  const said = execFileSync(BIN, ["demo", "--site", SITE, "--data-dir", data, "--inquiries", String(inquiries)], { stdio: ["ignore", "pipe", "ignore"] }).toString();
  const server = await hub({ data });
  return { server, password: said.match(/password (\S+) /)[1] };
}

export async function signIn(page, server, login, password) {
  await page.goto(`${server.url}/office`);
  await page.getByLabel(/Login|Identifiant/).fill(login);
  await page.getByLabel(/Password|Mot de passe/).fill(password);
  await page.getByRole("button", { name: /^Sign in|^Se connecter/ }).click();
  await page.getByRole("heading", { name: /Inbox|Réception/ }).waitFor();
}

/** A desk where somebody is signed in. */
export async function deskFor({ server, password }, login = "demo-office") {
  const { page, close } = await device({ width: 1280, height: 800, locale: "en-CA" });
  await signIn(page, server, login, password);
  return { page, close, url: server.url };
}

/** A code that makes a device a tablet. */
export async function enrolmentCode(desk, { name, hub }) {
  await desk.page.goto(`${desk.url}/office/tablets`);
  await desk.page.getByLabel("Name of the tablet").fill(name);
  await desk.page.getByLabel("Where it will be").selectOption(hub);
  await desk.page.getByRole("button", { name: "Make a code" }).click();
  return (await desk.page.locator(".enrol .code").innerText()).trim();
}

/** A code by which people come to the survey. */
export async function surveyCode(desk, { name, way, every = 1 }) {
  await desk.page.goto(`${desk.url}/office/survey/ways`);
  await desk.page.getByLabel("Way", { exact: true }).selectOption(way);
  await desk.page.getByLabel("Name", { exact: true }).fill(name);
  await desk.page.getByLabel(/^Ask every/).fill(String(every));
  await desk.page.getByRole("button", { name: "Make a code" }).click();
  return (await desk.page.locator(".ways li", { hasText: name }).locator("a.mono").innerText()).split("/").at(-1);
}
