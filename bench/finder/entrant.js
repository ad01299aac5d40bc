// The finder as an entrant of a comparison in a browser: documents in, numbers of documents out. README.md says how it is built and entered.
//
// The index is made in a worker that ends when it has given the bytes away, and read in the page: as the app does, whose index is made where
// a catalogue is published. So what is measured of memory is what answering takes. (A worker is not slowed by DevTools' throttling: of the
// times only those of making the index are flattered.)
// An index is bytes. `dump` gives them as base64, a third more, because text is what a comparison can carry for all entrants; `load` takes either.
import start, * as finder from "./pkg/finder_bench.js";

export const meta = { lib: "hub", features: "index made once, read where it lies; forms, beginnings, slips, whole questions", wasm: 'build:hub.wasm' };

const FIELDS = ["title", "keywords", "syn", "area", "audience", "summary", "category", "format"];
const FACETS = ["category", "area", "format"];
const ready = start({ module_or_path: "/bundle/hub.wasm" });
let choices = [];

if (typeof WorkerGlobalScope !== "undefined") {
  addEventListener("message", async ({ data }) => {
    await ready;
    finder.init(data);
    postMessage(finder.dump());
  });
}

// An engine is there when it has been imported, as those written in JavaScript are.
const { memory } = await ready;

export async function init(docs) {
  const maker = new Worker(import.meta.url, { type: "module" });
  const made = new Promise((resolve, reject) => {
    maker.onmessage = ({ data }) => resolve(data);
    maker.onerror = reject;
  });
  maker.postMessage(docs.map((doc) => FIELDS.map((field) => doc[field] ?? "").join("\x1f")).join("\x1e"));
  load(await made);
  maker.terminate();
}

export const search = (query, k) => Array.from(finder.search(query, k));
export const memBytes = () => memory.buffer.byteLength;
export const dump = () => finder.dump().toBase64();

export function load(given) {
  if (!finder.load(typeof given === "string" ? Uint8Array.fromBase64(given) : new Uint8Array(given))) throw new Error("This is no index.");
  choices = finder.choices().split("\x1e").map((names) => names.split("\x1f"));
}

/** How many of all that fit there are by category, area and format. */
export function facets(query) {
  const counts = finder.count(query);
  const c = {};
  let at = 1;
  for (const [facet, names] of choices.entries()) {
    const counted = (c[FACETS[facet]] = {});
    for (const name of names) {
      if (counts[at]) counted[name] = counts[at];
      at += 1;
    }
  }
  return { n: counts[0], c };
}
