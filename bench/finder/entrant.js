// The finder as an entrant of a comparison in a browser: documents in, numbers of documents out.
// Build it: cargo build --release --lib --package finder-bench --target wasm32-unknown-unknown
//           wasm-bindgen --target web --out-dir PKG target/wasm32-unknown-unknown/release/finder_bench.wasm
import start, * as finder from "./pkg/finder_bench.js";

export const meta = { lib: "hub", features: "index made once, read where it lies; forms, beginnings, slips, whole questions", wasm: 'build:hub.wasm' };

const FIELDS = ["title", "keywords", "syn", "area", "audience", "summary", "category", "format"];
let memory;
let kept = [];

async function started() {
  memory ??= (await start({ module_or_path: "/bundle/hub.wasm" })).memory;
}

export async function init(docs) {
  await started();
  kept = docs;
  finder.init(docs.map((doc) => FIELDS.map((field) => doc[field] ?? "").join("\x1f")).join("\x1e"));
}

export const search = (query, k) => Array.from(finder.search(query, k));
export const memBytes = () => memory.buffer.byteLength;
export const dump = () => finder.dump();

export async function load(bytes) {
  await started();
  finder.load(new Uint8Array(bytes));
}

/** How many of all that fit there are by category, area and format. */
export function facets(query) {
  finder.search(query, 1);
  const all = finder.each_found();
  const c = {};
  for (const facet of ["category", "area", "format"]) {
    const counts = (c[facet] = {});
    for (const at of all) counts[kept[at][facet]] = (counts[kept[at][facet]] ?? 0) + 1;
  }
  return { n: all.length, c };
}
