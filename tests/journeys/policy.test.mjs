// Checks the security headers in each browser: nothing runs, loads or frames the pages but the
// site's own files, and the app needs nothing beyond that.
import test from "node:test";
import assert from "node:assert/strict";
import { hub, device, firefox, open, ready, ask, received, offlineReady, portal, write } from "../hub/hub.mjs";

const BROWSERS = [["Chromium", device], ["Firefox", firefox]];
const PATHS = ["", "/search?q=dog", "/topics/taxes-bills", "/a-z", "/services/property-tax-payment", "/hubs", "/hubs/city-hall", "/trip?do=s.dog-licence,s.scrap-metal", "/ask?service=dog-licence", "/feedback", "/feedback/find", "/feedback/check", "/messages", "/messages/erase", "/status", "/bring", "/about", "/privacy", "/accessibility", "/nothing-here"];
/** The headers of every response. The server's own tests check each kind of response. */
const HEADERS = {
  "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/**
 * What an attacker's script would try if one of the site's own scripts loaded it. Each success adds
 * its name to `done`.
 */
const ATTEMPTS = `
  window.done = [];
  const put = (tag, attributes, text = "") => document.body.appendChild(Object.assign(document.createElement(tag), attributes, { textContent: text }));
  try { eval("done.push('eval')"); } catch {}
  put("script", {}, "done.push('inline script')");
  put("script", { src: "data:text/javascript,done.push('foreign script')" });
  const button = put("button", { hidden: true });
  button.setAttribute("onclick", "done.push('handler')");
  button.click();
  put("style", {}, "h1 { outline: 7px solid }");
  put("img", { onload: () => done.push("image"), src: "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==" });
  put("iframe", { src: "/about", hidden: true });
  put("base", { href: "https://example.org/" });
  fetch("data:,x").then(() => done.push("fetch"), () => {});
`;
const REFUSED = ["base-uri", "connect-src", "frame-src", "img-src", "script-src", "script-src-attr", "script-src-elem", "script-src-elem", "script-src-elem", "style-src-elem"];

/**
 * Records every violation of the policy in all pages of a tab, with the page and what was refused.
 */
async function watch(context) {
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      const refused = JSON.parse(sessionStorage.getItem("refused") ?? "[]");
      sessionStorage.setItem("refused", JSON.stringify([...refused, { directive: effectiveDirective, what: `${location.pathname} ${blockedURI}` }]));
    });
  });
}

const refused = (page) => page.evaluate(() => JSON.parse(sessionStorage.getItem("refused") ?? "[]"));

/**
 * A proxy that injects `words` into every page on its way to the browser, as an attacker would, and
 * serves a script from the site's own origin.
 */
async function tampered(server, words) {
  const between = await portal(server.port);
  between.rule = (request, response) => {
    if (request.url === "/attempts.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(ATTEMPTS);
    if (request.url === "/around") return response.writeHead(200, { "content-type": "text/html" }).end('<iframe src="/about"></iframe><iframe src="/plain"></iframe>');
    if (request.url === "/plain") return response.writeHead(200, { "content-type": "text/html" }).end("<h1>Plain</h1>");
    if (!request.headers.accept?.startsWith("text/html")) return false;
    fetch(server.url + request.url).then(async (answer) => {
      const headers = Object.fromEntries(Object.keys(HEADERS).concat("content-type").flatMap((name) => (answer.headers.has(name) ? [[name, answer.headers.get(name)]] : [])));
      response.writeHead(200, headers).end((await answer.text()).replace("</body>", `${words}</body>`));
    });
    return true;
  };
  return between;
}

for (const [name, start] of BROWSERS) {
  test(`${name} finds no page, in either language, that asks for more than the policy gives`, async () => {
    const server = await hub();
    const { context, page } = await start();
    await watch(context);
    await ask(page, "When is garbage day?", { base: server.url });
    await received(page);
    for (const prefix of ["", "/fr"]) {
      for (const path of PATHS) await open(page, server.url + (prefix + path || "/"));
    }
    await write(page, "And when is it in winter?", { base: server.url });
    assert.deepEqual(await refused(page), []);
    assert.ok(await page.evaluate(() => crossOriginIsolated), "no other site shares its process");
    await context.close();
    await server.stop();
  });

  test(`${name} runs and loads nothing that was put into a page, and lets nobody frame it`, async () => {
    const server = await hub();
    const between = await tampered(server, `<script>window.ran = "script of the page"</script><script src="/attempts.js"></script>`);
    const { context, page } = await start();
    await watch(context);
    await page.goto(`${between.url}/around`);
    await page.waitForFunction(() => document.querySelectorAll("iframe")[1]?.contentDocument?.querySelector("h1"));
    const framed = await page.evaluate(() => [...document.querySelectorAll("iframe")].map((frame) => frame.contentDocument?.querySelector("h1")?.textContent ?? null));
    assert.deepEqual(framed, [null, "Plain"]);
    await page.goto(between.url);
    const succeeded = await page.evaluate(() => [window.ran ?? [], window.done, getComputedStyle(document.querySelector("h1")).outlineWidth === "7px" ? ["style"] : [], new URL(document.baseURI).host === location.host ? [] : ["base"]].flat());
    assert.deepEqual(succeeded, []);
    await ready(page);
    await page.waitForFunction((count) => JSON.parse(sessionStorage.getItem("refused") ?? "[]").length >= count, REFUSED.length);
    assert.deepEqual((await refused(page)).map(({ directive }) => directive).sort(), REFUSED);
    await context.close();
    between.close();
    await server.stop();
  });

  test(`${name} is given every header, by the server and by the copy that works offline, and keeps the policy there too`, async () => {
    const server = await hub();
    const { context, page } = await start();
    await watch(context);
    await open(page, `${server.url}/services/dog-licence`);
    const given = (path) => page.evaluate(async ([path, names]) => {
      const { headers } = await fetch(path, { cache: "no-store" });
      return Object.fromEntries(names.map((name) => [name, headers.get(name)]));
    }, [path, Object.keys(HEADERS)]);
    const files = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => /\.(js|css|wasm)$/.test(path)));
    assert.ok([".js", ".css", ".wasm"].every((kind) => files.some((path) => path.endsWith(kind))), files.join(" "));
    for (const path of ["/", "/services/dog-licence", "/fr", "/sw.js", ...files, "/api/ping", "/api/keys", "/api/nothing", "/nothing.js"]) assert.deepEqual(await given(path), HEADERS, path);
    await offlineReady(page);
    await server.stop();
    await page.reload();
    await page.locator("h1").waitFor();
    for (const path of ["/index.html", ...files]) assert.deepEqual(await given(path), HEADERS, `${path} offline`);
    await page.evaluate(() => document.body.appendChild(Object.assign(document.createElement("script"), { textContent: "window.ran = true" })));
    await page.waitForFunction(() => sessionStorage.getItem("refused"));
    assert.deepEqual([await page.evaluate(() => window.ran), await refused(page)], [undefined, [{ directive: "script-src-elem", what: "/services/dog-licence inline" }]]);
    await context.close();
  });
}
