import init from "./glue.js";

// A staff tablet shows what is for staff, and the stands of the survey; a resident's pages stand there under the counter.
const isTablet = (() => {
  try {
    return localStorage.getItem("counter") !== null;
  } catch {
    return false;
  }
})();
const isCounter = /^\/counter(\/|$)/.test(location.pathname);
if (isTablet && !isCounter && !/^(\/fr)?\/s\//.test(location.pathname)) location.replace("/counter");
// Starts the app: the wasm is checked and compiled while it downloads. An external file, because the
// content security policy allows no inline script.
const failed = (error) => {
  console.error(error);
  document.getElementById("failure").hidden = false;
};
// The app has no words of its own for what stops it; the page has.
const stopped = (error) => error instanceof WebAssembly.RuntimeError && failed(error);
addEventListener("error", (event) => stopped(event.error));
addEventListener("unhandledrejection", (event) => stopped(event.reason));
const wasm = fetch("{{wasm}}", { integrity: "{{wasm_integrity}}" });
init({ module_or_path: wasm }).catch(failed);
// After the app, so that the copy for working offline does not take its bandwidth.
if ("serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register(isTablet || isCounter ? "/sw.js?counter" : "/sw.js", { updateViaCache: "none" }).catch(console.warn));
}
