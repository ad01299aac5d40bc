// Every media query that asks for a size uses one of the product's breakpoints (style/tokens.css).
// A second value beside one of them leaves a range of widths where two rules disagree: at 768 to
// 959 px the buttons of a staff tablet once lay under the navigation.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";

const WIDTHS = { min: ["30rem", "37.5rem", "48rem", "60rem"], max: ["29.99rem", "37.49rem", "47.99rem", "59.99rem"] };
const HEIGHTS = { min: ["26.01rem"], max: ["26rem"] };
const FOLDERS = ["../../style/", "../../crates/office/templates/office/"];

function sheets(folder) {
  return readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".css")).map((name) => [name, readFileSync(new URL(name, folder), "utf8")]);
}

/** The sizes in the media queries of a style sheet that are no breakpoint of the product. */
export function strangers(css) {
  const queries = [...css.replace(/\/\*[\s\S]*?\*\//g, "").matchAll(/@(?:media|container)([^{]*)\{/g)].map(([, query]) => query);
  return queries.flatMap((query) => [...query.matchAll(/(min|max)-(width|height):\s*([\w.]+)|(?:width|height)\s*[<>]/g)]
    .filter(([, end, side, size]) => !(end && (side === "width" ? WIDTHS : HEIGHTS)[end].includes(size)))
    .map(([found]) => found));
}

test("a size that is no breakpoint is found", () => {
  assert.deepEqual(strangers("@media (min-width: 48rem) and (max-height: 26rem) { a { min-width: 3rem } }"), []);
  assert.deepEqual(strangers("@media (min-width: 47rem) { }"), ["min-width: 47rem"]);
  assert.deepEqual(strangers("/* @media (min-width: 1px) {} */ @media (width >= 48rem) { }"), ["width >"]);
});

for (const folder of FOLDERS) {
  test(`every breakpoint in ${folder} is one of the product's`, () => {
    const all = sheets(new URL(folder, import.meta.url));
    assert.ok(all.length > 0);
    assert.deepEqual(all.flatMap(([name, css]) => strangers(css).map((size) => `${name}: ${size}`)), []);
  });
}
