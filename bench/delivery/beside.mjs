// Compares the reception rate with other servers', in turns, so that all have the same disk and the
// same background load:
//
//   node bench/delivery/beside.mjs HARNESS [RUNS] [SECONDS]
//
// HARNESS is an installed comparison of servers with a run-ingest.mjs that writes rows of {kind,
// mode, perS, lat, cpuUs}. HUB_BIN, HUB_DELIVERY and HUB_SITE name the server, the load generator
// and the site; the defaults are where `cargo build --release` and `cargo xtask build` put them.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const [harness, runs = "3", seconds = "4"] = process.argv.slice(2);
if (!harness) {
  console.error("node bench/delivery/beside.mjs HARNESS [RUNS] [SECONDS]");
  process.exit(2);
}
const BIN = process.env.HUB_BIN ?? "target/release/community-hub";
const DELIVERY = process.env.HUB_DELIVERY ?? "target/release/delivery-bench";
const SITE = process.env.HUB_SITE ?? "dist";
const PORT = process.env.HUB_PORT ?? "18473";
const PEERS = "raw,sink,fastify-sqlite,fastify-sqlite-group,fastify-pg";
/**
 * The load generator's modes mapped to the harness's; a request to this server is at most half a
 * megabyte.
 */
const MODES = { "1x1": "c1", "16x1": "c16", "64x1": "c64", "8x200": "batch" };
const OURS = "Community Hub";

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "hub-beside-"));
const rows = [];

function peers() {
  const out = path.join(temporary, "peers.json");
  execFileSync(process.execPath, ["run-ingest.mjs", "--runs", "1", "--secs", seconds, "--only", PEERS, "--out", out], { cwd: harness, stdio: ["ignore", "ignore", "inherit"] });
  for (const { kind, mode, perS, lat, cpuUs } of JSON.parse(fs.readFileSync(out))) {
    rows.push({ kind, mode: mode === "batch500" ? "batch" : mode, perS, p99: lat?.p99, us: cpuUs });
  }
}

async function ours() {
  const data = fs.mkdtempSync(path.join(temporary, "data-"));
  // The load sends more in a minute than the server accepts in a day by default.
  const BUDGET = "inquiry=99999999/999999,all=99999999/999999";
  const server = spawn(BIN, ["serve", "--site", SITE, "--data-dir", data, "--port", PORT, "--trusted-proxies", "127.0.0.1", "--budget", BUDGET], { stdio: "ignore" });
  const ended = new Promise((resolve) => server.on("exit", resolve));
  try {
    await answers();
    const said = execFileSync(DELIVERY, ["load", `127.0.0.1:${PORT}`, seconds, String(server.pid)], { encoding: "utf8" });
    for (const line of said.trim().split("\n").slice(1)) {
      const [connections, batch, perS, , p99, us] = line.trim().split(/\s+/).map(Number);
      rows.push({ kind: OURS, mode: MODES[`${connections}x${batch}`], perS, p99, us });
    }
  } finally {
    server.kill();
    await ended;
    fs.rmSync(data, { recursive: true, force: true });
  }
}

async function answers() {
  for (let look = 0; look < 100; look += 1) {
    if (await fetch(`http://127.0.0.1:${PORT}/api/ping`).then((response) => response.ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${BIN} does not answer at port ${PORT}`);
}

const middle = (values) => values.filter(Number.isFinite).sort((a, b) => a - b)[Math.floor(values.length / 2)];

function table() {
  console.log(`| server | load | entries a second | p99 ms | processor time each, us |\n|---|---|---|---|---|`);
  const names = [...new Set(rows.map(({ kind, mode }) => `${kind}|${mode}`))];
  for (const name of names) {
    const same = rows.filter(({ kind, mode }) => `${kind}|${mode}` === name);
    const of = (what, digits) => middle(same.map((row) => row[what]))?.toFixed(digits) ?? "";
    const [kind, mode] = name.split("|");
    console.log(`| ${kind} | ${mode} | ${of("perS", 0)} | ${of("p99", 1)} | ${of("us", 0)} |`);
  }
}

try {
  for (let run = 0; run < Number(runs); run += 1) {
    peers();
    await ours();
  }
  table();
} finally {
  fs.rmSync(temporary, { recursive: true, force: true });
}
