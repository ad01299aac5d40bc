// Generates the tables and the growth curve of docs/performance.md from a comparison's result file:
//   node bench/finder/tables.mjs HARNESS [RESULTS.json] [GROWTH.svg]
// HARNESS is the folder that contains `build` and `results`. Times are the best of three rounds per
// keystroke, and the median of all runs; rows whose calibration took more than three times the
// fastest of their file provide no times.
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

const OURS = "hub";
const PROTOTYPE = "rs-fstlev";
const NAMES = { [OURS]: "Community Hub", [PROTOTYPE]: "fst and Levenshtein automata", "minisearch-fast": "MiniSearch, fast setting", minisearch: "MiniSearch", flexsearch: "FlexSearch", ufuzzy: "uFuzzy", fts5: "SQLite FTS5" };
const CALIBRATION_MAX = 3;

const [harness = ".", results = path.join(harness, "results/search-all.json"), picture] = process.argv.slice(2);
const all = JSON.parse(fs.readFileSync(results));
const fastest = Math.min(...all.map((row) => row.calib).filter(Boolean));
const rows = all.filter((row) => row.calib <= fastest * CALIBRATION_MAX);
const sizes = [...new Set(all.map((row) => row.N))].sort((a, b) => a - b);
const entrants = Object.keys(NAMES).filter((name) => all.some((row) => row.name === name));
const peers = entrants.filter((name) => name !== OURS && name !== PROTOTYPE);

const middle = (values) => {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  return sorted.length ? (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2 : NaN;
};
const of = (name, size, value, from = rows) => middle(from.filter((row) => row.name === name && row.N === size).map((row) => value(row) ?? NaN));
const p99 = (name, size, slowed = 1) => of(name, size, (row) => row.lat?.[slowed]?.min?.p99);
const load = (name, size) => of(name, size, (row) => row.cold?.loadMs);
const memory = (name, size) => of(name, size, (row) => row.memMB, all);
const facets = (name, size) => of(name, size, (row) => row.facets?.p95);
// This finder's index is measured as base64, so its size is multiplied by 3/4.
const bytes = (name, size) => (of(name, size, (row) => row.dump?.bytes, all) * (name === OURS ? 0.75 : 1)) / size;
const quality = (name, size) => all.find((row) => row.name === name && row.N === size && row.quality && row.qDone === row.qTotal)?.quality;
const right = (name, size, kind = "ALL") => quality(name, size)?.[kind]?.s1 ?? NaN;

const shown = (value) => (!Number.isFinite(value) ? "" : value >= 100 ? Math.round(value).toLocaleString("en") : value >= 10 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2));
const ratio = (value) => (!(value > 0) ? "not measured" : value >= 0.1 ? value.toFixed(2) : `1/${Math.round(1 / value)}`);
const table = (head, lines) => `| ${head.join(" | ")} |\n|${"---|".repeat(head.length)}\n${lines.map((line) => `| ${line.join(" | ")} |`).join("\n")}\n`;
const best = (names, value) => names.map((name) => [value(name), name]).filter(([figure]) => Number.isFinite(figure)).sort((a, b) => a[0] - b[0])[0] ?? [NaN, ""];

function goals() {
  const first = (size) => best([...peers, PROTOTYPE], (name) => -right(name, size));
  const classes = (size) => Object.keys(quality(OURS, size) ?? {}).filter((kind) => kind !== "ALL");
  const behind = (size) => classes(size).map((kind) => [right(OURS, size, kind) - Math.max(...peers.map((name) => right(name, size, kind)).filter(Number.isFinite)), kind]).sort((a, b) => a[0] - b[0])[0];
  const [far, near] = [200, 20000].map((size) => behind(size));
  const growth = (name) => p99(name, 200000) / p99(name, 2000);
  const [quickest, quickestName] = best(peers, (name) => p99(name, 200000, 6));
  const [counted, countedName] = best(peers, (name) => facets(name, 20000));
  const [smallest, smallestName] = best(peers, (name) => memory(name, 20000));
  const [lightest, lightestName] = best(peers, (name) => bytes(name, 20000));
  const [catalogue, index] = wire();
  return [
    ["S1", "right first answers, 200 and 20,000", "0.98", first(200).concat(first(20000)).map((x) => (typeof x === "number" ? shown(-x) : NAMES[x])).join(" "), `${right(OURS, 200).toFixed(3)}, ${right(OURS, 20000).toFixed(3)}`],
    ["", "least beside the best peer of a class, 200 and 20,000", "-0.01", "", `${far?.[0].toFixed(3)} (${far?.[1]}), ${near?.[0].toFixed(3)} (${near?.[1]})`],
    ["", "whole questions, 200 and 20,000", "0.90 (B)", peers.concat(PROTOTYPE).map((name) => [NAMES[name], right(name, 200, "natural"), right(name, 20000, "natural")]).filter((x) => Number.isFinite(x[1])).map((x) => `${x[0]} ${shown(x[1])}, ${shown(x[2])}`).join("; "), `${right(OURS, 200, "natural").toFixed(2)}, ${right(OURS, 20000, "natural").toFixed(2)}`],
    ["S2", "nothing for gibberish", "1.00", "", sizes.map((size) => shown(right(OURS, size, "none"))).join(", ")],
    ["S3", "p99 a keystroke, 20,000, ms", "0.3 x FlexSearch, 1/50 MiniSearch", `FlexSearch ${shown(p99("flexsearch", 20000))}, MiniSearch ${shown(p99("minisearch", 20000))}, prototype ${shown(p99(PROTOTYPE, 20000))}`, `${shown(p99(OURS, 20000))}: ${ratio(p99(OURS, 20000) / p99("flexsearch", 20000))}, ${ratio(p99(OURS, 20000) / p99("minisearch", 20000))}; ${ratio(p99(OURS, 20000) / p99(PROTOTYPE, 20000))} of the prototype`],
    ["S4", "the same, slowed 6x", "0.3 x FlexSearch", `FlexSearch ${shown(p99("flexsearch", 20000, 6))}, prototype ${shown(p99(PROTOTYPE, 20000, 6))}`, `${shown(p99(OURS, 20000, 6))}: ${ratio(p99(OURS, 20000, 6) / p99("flexsearch", 20000, 6))}`],
    ["S5", "p99, 200", "0.3 x MiniSearch", `MiniSearch ${shown(p99("minisearch", 200))}, FlexSearch ${shown(p99("flexsearch", 200))}`, `${shown(p99(OURS, 200))}: ${ratio(p99(OURS, 200) / p99("minisearch", 200))}`],
    ["S6", "p99 of 200,000 / p99 of 2,000", "30", entrants.filter((name) => name !== OURS && Number.isFinite(growth(name))).map((name) => `${NAMES[name]} ${shown(growth(name))}`).join(", "), shown(growth(OURS))],
    ["S7", "p99, 200,000, slowed 6x, ms", "50", `${NAMES[quickestName] ?? ""} ${shown(quickest)}`, shown(p99(OURS, 200000, 6))],
    ["S8", "index read from its bytes, 20,000, slowed 6x, ms", "0.5 x uFuzzy", `uFuzzy ${shown(load("ufuzzy", 20000))}`, `${shown(load(OURS, 20000))}: ${ratio(load(OURS, 20000) / load("ufuzzy", 20000))}`],
    ["S9", "index bytes a service, 20,000", "120", `${NAMES[lightestName]} ${shown(lightest)}`, shown(bytes(OURS, 20000))],
    ["", "brotli of catalogue and index / of the catalogue", "2", "", shown((catalogue + index) / catalogue)],
    ["S10", "memory, 20,000, MB", "10", `${NAMES[smallestName]} ${shown(smallest)}`, shown(memory(OURS, 20000))],
    ["S11", "search and three facets counted, p95, 20,000, ms", "1/10 of the best", `${NAMES[countedName]} ${shown(counted)}`, `${shown(facets(OURS, 20000))}: ${ratio(facets(OURS, 20000) / counted)}`],
  ];
}

/** Brotli sizes of the catalogue of 20,000 services and of this finder's index, at one quality. */
function wire() {
  const packed = (data) => zlib.brotliCompressSync(data, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 9, [zlib.constants.BROTLI_PARAM_LGWIN]: 24 } }).length;
  const read = (name) => fs.readFileSync(path.join(harness, "build", name));
  return [packed(read("data/corpus-20000-syn.json")), packed(Buffer.from(read(`idx/${OURS}-20000.bin`).toString(), "base64"))];
}

function bySize(size) {
  const lines = entrants.filter((name) => all.some((row) => row.name === name && row.N === size)).map((name) => {
    const cells = [right(name, size), p99(name, size), p99(name, size, 6), facets(name, size), load(name, size), bytes(name, size), memory(name, size)];
    return [NAMES[name], ...cells.map(shown)];
  });
  return table([`${size.toLocaleString("en")} services`, "right", "p99", "p99, slowed", "facets", "index read, slowed", "index, bytes a service", "memory, MB"], lines);
}

/** SVG of the 99th percentile by catalogue size, with both axes logarithmic. */
function curve() {
  const [width, height, left, top] = [640, 400, 60, 20];
  const x = (size) => left + ((Math.log10(size) - Math.log10(200)) / 3) * (width - left - 190);
  const y = (ms) => top + ((3 - Math.log10(ms)) / 5) * (height - top - 50);
  const text = (at, words, more = "") => `<text x="${at[0].toFixed(0)}" y="${at[1].toFixed(0)}" ${more}>${words}</text>`;
  const grid = [0.01, 0.1, 1, 10, 100, 1000].map((ms) => `<path d="M${left} ${y(ms)}H${width - 190}" stroke="#ccd"/>${text([left - 6, y(ms) + 4], ms, 'text-anchor="end"')}`);
  const marks = sizes.map((size) => text([x(size), height - 30], size.toLocaleString("en"), 'text-anchor="middle"'));
  const lines = entrants.flatMap((name, at) => {
    const points = sizes.map((size) => [size, p99(name, size)]).filter(([, ms]) => Number.isFinite(ms)).map(([size, ms]) => [x(size), y(ms)]);
    if (points.length < 2) return [];
    const colour = name === OURS ? "#0b5d57" : ["#555", "#a33", "#b60", "#36c", "#83a", "#777"][at % 6];
    const path = `<path d="M${points.map((point) => point.map((n) => n.toFixed(1)).join(" ")).join("L")}" fill="none" stroke="${colour}" stroke-width="${name === OURS ? 4 : 2}"/>`;
    const [endX, endY] = points.at(-1);
    return [path, text([endX + 8, endY + 4], NAMES[name], `fill="${colour}"`)];
  });
  const title = text([left, height - 8], "services; the 99th of 100 keystrokes in ms");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12"><title>Time of a keystroke by the number of services</title><rect width="100%" height="100%" fill="#fff"/>${[...grid, ...marks, ...lines, title].join("\n")}</svg>\n`;
}

console.log(`${rows.length} of ${all.length} rows give times; runs by size: ${sizes.map((size) => `${size} ${rows.filter((row) => row.N === size && row.name === OURS).length}`).join(", ")}\n`);
console.log(table(["", "what", "goal (A)", "peers", "Community Hub"], goals()));
for (const size of sizes) console.log(bySize(size));
console.log(table(["p99 by size, ms", ...sizes.map((size) => size.toLocaleString("en"))], entrants.map((name) => [NAMES[name], ...sizes.map((size) => shown(p99(name, size)))])));
if (picture) fs.writeFileSync(picture, curve());
