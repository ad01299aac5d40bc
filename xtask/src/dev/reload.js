// Only in the pages of `cargo xtask dev`: loads the page again when the site has changed. It runs
// before the start script. Without a service worker, which would answer with what it has kept, the
// app takes the path of a browser that has none.
const workers = navigator.serviceWorker;
delete Navigator.prototype.serviceWorker;
const forget = async () => {
  for (const worker of await workers.getRegistrations()) await worker.unregister();
  if (workers.controller) location.reload();
};
if (workers) forget().catch(console.warn);

// The page at / names every file of the app by a hash of its content, so it differs after each
// change of the site. While the server starts again there is no answer.
let shown;
const look = async () => {
  const answer = await fetch("/", { cache: "no-store" });
  const now = answer.ok ? await answer.text() : shown;
  shown ??= now;
  if (now !== shown) location.reload();
};
look().catch(() => {});
setInterval(() => look().catch(() => {}), 500);
