// Compares the delivery of ten thousand parcels from a device to a durable server with other
// libraries', in turns, so that all have the same disk:
//
//   node bench/delivery/sync.mjs HARNESS [RUNS]
//
// HARNESS is an installed comparison with a run-sync.mjs that writes rows of {queue, server,
// recPerS}. Here, each submission is sealed, received individually, answered with a signed receipt,
// and marked as received on the device; the others deliver plain rows. Memory is the page's, before
// and after.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const [harness, runs = "3"] = process.argv.slice(2);
if (!harness) {
  console.error("node bench/delivery/sync.mjs HARNESS [RUNS]");
  process.exit(2);
}
for (const [name, path_] of [["HUB_BIN", "target/release/community-hub"], ["HUB_DELIVERY", "target/release/delivery-bench"], ["HUB_SITE", "dist"]]) process.env[name] ??= path.resolve(path_);
const { hub, device, open, offlineReady, fair } = await import("../../tests/hub/hub.mjs");

const COUNT = 10_000;
/** Submissions per file. */
const FILE = 5_000;
const PEERS = "pouchdb,raw-strict/fastify-sqlite/100,raw-strict/fastify-sqlite/500";
const OURS = "Community Hub";
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "hub-sync-"));
const rows = [];

function peers() {
  const out = path.join(temporary, "peers.json");
  fs.rmSync(out, { force: true });
  execFileSync(process.execPath, ["run-sync.mjs", "--n", String(COUNT), "--runs", "1", "--only", PEERS, "--out", out], { cwd: harness, stdio: ["ignore", "ignore", "inherit"] });
  for (const { queue, server, batch, recPerS } of JSON.parse(fs.readFileSync(out))) rows.push({ kind: `${queue} → ${server} ${batch}`, perS: recPerS });
}

const memory = (page) => page.evaluate(async () => (await performance.measureUserAgentSpecificMemory()).bytes);

async function ours() {
  const server = await hub();
  const { page, context } = await device({ width: 1280, height: 800 });
  await open(page, `${server.url}/messages`);
  await offlineReady(page);
  const file = fair(server, COUNT);
  const files = [file, `${file}.2`];
  await server.stop();
  for (const file of files) {
    await page.getByLabel("Open a file").setInputFiles(file);
    await page.getByText(`${FILE} messages added.`).waitFor({ timeout: 600_000 });
    await open(page, `${server.url}/messages`);
  }
  await open(page, `${server.url}/`);
  const before = await memory(page);
  await page.locator(".places__count").first().waitFor();
  await server.start();
  // The page removes its count of waiting parcels when the delivery has ended; polling the store
  // meanwhile would slow it down.
  const seconds = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error("something waits after ten minutes")), 600_000);
        const began = performance.now();
        const ended = () => !document.querySelector(".places__count") && resolve((performance.now() - began) / 1_000);
        new MutationObserver(ended).observe(document.body, { childList: true, subtree: true });
        window.dispatchEvent(new Event("online"));
      }),
  );
  const grew = ((await memory(page)) - before) / 1e6;
  // The reloaded page only knows what is on disk.
  await open(page, `${server.url}/messages`);
  await page.getByRole("button", { name: `Show all ${COUNT}` }).waitFor();
  assert.equal(await page.locator(".places__count").count(), 0);
  rows.push({ kind: OURS, perS: COUNT / seconds, grew });
  await context.close();
  await server.stop();
}

const median = (values) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)];
for (let run = 0; run < Number(runs); run += 1) {
  peers();
  await ours();
}
console.log(`${COUNT} entries, median of ${runs} runs`);
for (const kind of [...new Set(rows.map((row) => row.kind))]) {
  const of = rows.filter((row) => row.kind === kind);
  const grew = of[0].grew === undefined ? "" : `, memory ${median(of.map((row) => row.grew)).toFixed(0)} MB more afterwards`;
  console.log(`${Math.round(median(of.map((row) => row.perS))).toString().padStart(7)} /s  ${kind}${grew}`);
}
fs.rmSync(temporary, { recursive: true, force: true });
process.exit(0);
