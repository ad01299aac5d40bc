// The HTML that a browser without scripts, a search engine or a screen reader gets is valid: every
// page that the publisher wrote, and those that the server writes for a request.
import test from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { HtmlValidate, StaticConfigLoader } from "html-validate";
import { SITE, filesBelow, hub } from "../hub/hub.mjs";

/** Of pages of records there are hundreds by the same code: one in so many is checked. */
const EVERY = 8;
const RECORDS = /\/(?:services|hubs)\/[^/]+\.html$/;
/** What the server writes when it is asked. */
const ASKED = ["/search?q=dog+licence", "/search?q=qqqq", "/hubs?near=Fenelon+Falls", "/trip?do=s.dog-licence,s.property-tax-payment", "/fr/search?q=permis+de+chien", "/hubs/city-hall"];

const validator = new HtmlValidate(new StaticConfigLoader({
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // Matters of taste: the doctype in small letters, hyphens in phone numbers (the style sheet
    // keeps them together), and names of places that are longer than a search engine shows.
    "doctype-style": "off",
    "tel-non-breaking": "off",
    "long-title": "off",
  },
}));

/** The faults of a page, each with its place. */
async function faults(html, name) {
  const { results } = await validator.validateString(html, name);
  return results.flatMap(({ messages }) => messages.map(({ ruleId, line, column, message }) => `${name}:${line}:${column} ${ruleId}: ${message}`));
}

test("a fault is found", async () => {
  const body = "<main><h1>A</h1><img src=\"a.png\"><p id=\"b\">c</p><p id=\"b\">d</p></main>";
  const found = await faults(`<!doctype html><html lang="en"><head><title>A</title></head><body>${body}</body></html>`, "bad.html");
  for (const rule of ["wcag/h37", "no-dup-id"]) assert.ok(found.some((fault) => fault.includes(rule)), `${rule}: ${found.join("\n")}`);
});

test("published pages are valid HTML", async () => {
  const pages = filesBelow(path.join(SITE, "pages")).filter((name) => name.endsWith(".html"));
  const records = pages.filter((name) => RECORDS.test(name));
  const checked = [...pages.filter((name) => !RECORDS.test(name)), ...records.filter((_, at) => at % EVERY === 0)];
  assert.ok(checked.length > 90, `${checked.length} pages`);
  const found = [];
  for (const name of checked) found.push(...(await faults(readFileSync(name, "utf8"), path.relative(SITE, name))));
  assert.deepEqual(found, []);
});

test("pages that the server writes for a request are valid HTML", async () => {
  const server = await hub();
  const found = [];
  for (const asked of ASKED) {
    const response = await fetch(server.url + asked);
    const html = await response.text();
    assert.ok(html.includes("<h1"), `${asked} is a page with its facts`);
    found.push(...(await faults(html, asked)));
  }
  await server.stop();
  assert.deepEqual(found, []);
});
