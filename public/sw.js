// The service worker: it stores the app on the device so that it works without a network. It is
// written by hand, because it is short, and because every line decides whether a person without
// signal sees the app or a blank page.
//
// Promises: a version is installed completely or not at all (every file is checked against its
// SHA-256). What is missing or damaged later is fetched again. It waits until a page asks it to
// take over. It answers page loads and the files of its own list, never `/api/`, and never a method
// other than GET. It never touches what a person has stored.
const CACHE = "app-{{ cache }}";
// A staff tablet also caches the staff app.
const IS_TABLET = location.search === "?counter";
const FILES = [...{{ files }}, ...(IS_TABLET ? {{ tablet_files }} : [])];
const PATHS = new Set(FILES.map(([path]) => path));
const SERVER_ONLY = ["/api/", "/office", "/health", "/ready"];
// Storage that is reserved while there is room, and released when a receipt must be written on a
// full device.
const RESERVE = "reserve";
const RESERVE_BYTES = 512 * 1024;
// Published survey figures: from the network if possible, otherwise the last version seen.
const RESULTS = /^(\/fr)?\/survey-results(\/|$)/;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("message", (event) => {
  const ask = event.data?.type;
  if (ask === "take-over") skipWaiting();
  if (ask === "reserve") event.waitUntil(reserve());
  if (ask === "release") event.waitUntil(release());
});
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const isOurs = event.request.method === "GET" && url.origin === location.origin;
  if (!isOurs || SERVER_ONLY.some((prefix) => url.pathname.startsWith(prefix))) return;
  if (RESULTS.test(url.pathname)) return event.respondWith(results(event));
  const path = event.request.mode === "navigate" ? pageFor(url.pathname) : url.pathname;
  if (!PATHS.has(path)) return;
  event.respondWith(kept(path, event));
  if (event.request.mode === "navigate") event.waitUntil(refill());
});

// Files with a content hash in their name may come from the browser's HTTP cache: the page has just
// loaded them.
async function install() {
  const cache = await caches.open(CACHE);
  try {
    const got = await Promise.all(FILES.map(async ([path, sha256]) => {
      const isHashed = /-[0-9a-f]{16}\.\w+$/.test(path);
      return [path, await fetched(path, sha256, isHashed ? "default" : "no-cache")];
    }));
    await Promise.all(got.map(([path, response]) => cache.put(path, response)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function fetched(path, sha256, cache) {
  const response = await fetch(path, { integrity: `sha256-${sha256}`, cache });
  if (!response.ok || response.redirected) throw new Error(`${path}: ${response.status}`);
  return response;
}

// Browsers and people delete caches, and disks damage them. The files are compared once per start
// of the worker, and whenever one is missing. Without a network, or if the server has a newer
// version already, the next page tries again.
let isWhole = false;
let refilling;
function refill() {
  if (!isWhole) refilling ??= compare().catch(console.warn).finally(() => (refilling = undefined));
  return refilling;
}

async function compare() {
  const cache = await caches.open(CACHE);
  for (const [path, sha256] of FILES) {
    const found = await cache.match(path).catch(() => undefined);
    const bytes = await found?.arrayBuffer().catch(() => undefined);
    if (!bytes || (await digest(bytes)) !== sha256) await cache.put(path, await fetched(path, sha256, "reload"));
  }
  isWhole = true;
}

async function digest(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))));
}

async function reserve() {
  const cache = await caches.open(RESERVE);
  // If the reserve does not fit, there is nothing to release later.
  if (!(await cache.match("/reserve"))) await cache.put("/reserve", new Response(new Uint8Array(RESERVE_BYTES))).catch(() => {});
}

// Deletes the entry, not the cache: the browser keeps a deleted cache until nobody has it open.
async function release() {
  await (await caches.open(RESERVE)).delete("/reserve");
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("app-") && name !== CACHE).map((name) => caches.delete(name)));
  await clients.claim();
}

function pageFor(path) {
  if (path === "/counter" || path.startsWith("/counter/")) return "/counter/index.html";
  const french = "/fr/index.html";
  return PATHS.has(french) && (path === "/fr" || path.startsWith("/fr/")) ? french : "/index.html";
}

async function results(event) {
  const { request } = event;
  const cache = await caches.open("results");
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request.url, response.clone());
    return response;
  } catch {
    return (await cache.match(request.url)) ?? kept(pageFor(new URL(request.url).pathname), event);
  }
}

async function kept(path, event) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(path).catch(() => undefined);
  if (found) return found;
  isWhole = false;
  event.waitUntil(refill());
  return fetch(event.request);
}
