// The finder as an entrant in a browser comparison: documents in, indexes of documents out.
// README.md says how to build and enter it.
//
// The index is built in a worker that ends after transferring the bytes, and is then read in the
// page. This matches the app, whose index is built when a catalogue is published, so the measured
// memory is that of searching alone. (DevTools does not throttle workers: of the measured times,
// only that of building the index benefits.)
//
// An index is bytes. `dump` returns them as base64, a third larger, because a comparison can only
// transfer text for all entrants; `load` accepts both.
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

// Like engines written in JavaScript, this one is ready once it has been imported.
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

/** Counts of all matching documents by category, area and format. */
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
