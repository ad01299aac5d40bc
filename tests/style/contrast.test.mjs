// Reads the shipped colours and checks the contrast of every pair that meets on a screen, in the
// light and the dark scheme. WCAG 2.2: 7:1 is for text at level AAA (1.4.6), 3:1 for edges of
// controls and the focus (1.4.11).
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const TEXT_MIN = 7;
const EDGE_MIN = 3;

// [foreground, background, least contrast]
const PAIRS = [
  ...["--ink", "--ink-soft", "--accent", "--pine", "--amber", "--brick"].flatMap((ink) => [
    [ink, "--paper", TEXT_MIN],
    [ink, "--mist", TEXT_MIN],
  ]),
  ["--pine", "--pine-mist", TEXT_MIN],
  ["--accent", "--pine-mist", TEXT_MIN],
  ["--amber", "--amber-mist", TEXT_MIN],
  ["--amber", "--pine-mist", TEXT_MIN],
  ["--amber", "--brick-mist", TEXT_MIN],
  ["--brick", "--brick-mist", TEXT_MIN],
  ["--ink", "--brick-mist", TEXT_MIN],
  ["--ink-soft", "--brick-mist", TEXT_MIN],
  ["--accent", "--brick-mist", TEXT_MIN],
  ["--ink-soft", "--pine-mist", TEXT_MIN],
  ["--accent-ink", "--accent", TEXT_MIN],
  ["--paper", "--amber", TEXT_MIN],
  // These also cover the edges of the field and the button in the search area.
  ["--water-ink", "--water", TEXT_MIN],
  ["--water-button-ink", "--water-button", TEXT_MIN],
  ["--edge", "--paper", EDGE_MIN],
  ["--edge", "--mist", EDGE_MIN],
  ["--brick", "--paper", EDGE_MIN],
  ...["--paper", "--mist", "--pine-mist", "--amber-mist", "--brick-mist"].map((ground) => ["--focus", ground, EDGE_MIN]),
];

const css = readFileSync(new URL("../../style/tokens.css", import.meta.url), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
const [day, night] = css.split("@media (prefers-color-scheme: dark)");
const colours = (part) => Object.fromEntries([...part.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6}|var\(--[\w-]+\));/g)].map(([, name, value]) => [name, value]));
const light = colours(day);
const dark = { ...light, ...colours(night ?? "") };

function colour(set, name) {
  const value = set[name];
  assert.ok(value, `style/tokens.css gives no colour for ${name}: add it, or take its pairs out of this table`);
  return value.startsWith("var(") ? colour(set, value.slice(4, -1)) : value;
}

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(hex) {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function ratio(one, other) {
  const [less, more] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
}

for (const [scheme, set] of [["light", light], ["dark", dark]]) {
  test(`every colour that meets another is clear enough in ${scheme}`, () => {
    const faint = PAIRS.map(([front, ground, least]) => [front, ground, least, ratio(colour(set, front), colour(set, ground))])
      .filter(([, , least, measured]) => measured < least)
      .map(([front, ground, least, measured]) => `${front} on ${ground} is ${measured.toFixed(2)}:1, needs ${least}:1`);
    assert.deepEqual(faint, []);
  });
}

test("the ratio is the one of the standard", () => {
  assert.equal(ratio("#000000", "#ffffff"), 21);
  assert.equal(ratio("#777777", "#ffffff").toFixed(2), "4.48");
});

test("every night has its own colours", () => {
  const same = ["--paper", "--mist", "--ink", "--accent", "--pine", "--amber", "--brick"].filter((name) => light[name] === dark[name]);
  assert.deepEqual(same, []);
});

// A colour written elsewhere would escape the table above, and a municipality's accent.
test("no style sheet but tokens.css and the printed one names a colour", async () => {
  const { readdirSync } = await import("node:fs");
  const sheetsIn = (name) => {
    const folder = new URL(`../../style/${name}/`, import.meta.url);
    const sheets = readdirSync(folder).filter((name) => name.endsWith(".css") && name !== "zz-print.css");
    assert.ok(sheets.length > 0, `style/${name}/ holds no style sheets`);
    return sheets.map((sheet) => new URL(sheet, folder));
  };
  const sheets = ["components", "counter"].flatMap(sheetsIn);
  const named = sheets.filter((sheet) => /#[0-9a-f]{3,8}\b(?![^{]*\{)|rgba?\(|hsla?\(/i.test(readFileSync(sheet, "utf8"))).map((sheet) => sheet.pathname);
  assert.deepEqual(named, []);
});
