// Starts the app in the page, sends a staff tablet to its own pages, and registers the service
// worker.
import init from "./glue.js";

// A staff tablet shows only pages for staff and survey stands. Every other address redirects to
// /counter, which also contains the residents' pages.
const isTablet = (() => {
  try {
    return localStorage.getItem("counter") !== null;
  } catch {
    return false;
  }
})();
const isCounter = /^\/counter(\/|$)/.test(location.pathname);
if (isTablet && !isCounter && !/^(\/fr)?\/s\//.test(location.pathname)) location.replace("/counter");
// The wasm is verified and compiled while it downloads. This is an external file, because the
// content security policy allows no inline scripts.
const failed = (error) => {
  console.error(error);
  document.getElementById("failure").hidden = false;
};
// When the app panics it cannot show anything itself, so the page's own message is shown.
const stopped = (error) => error instanceof WebAssembly.RuntimeError && failed(error);
addEventListener("error", (event) => stopped(event.error));
addEventListener("unhandledrejection", (event) => stopped(event.reason));
const wasm = fetch("{{ wasm }}", { integrity: "{{ wasm_integrity }}" });
init({ module_or_path: wasm }).catch(failed);
// Registered after the load event, so that filling the offline cache does not compete with the app
// for bandwidth.
if ("serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register(isTablet || isCounter ? "/sw.js?counter" : "/sw.js", { updateViaCache: "none" }).catch(console.warn));
}
