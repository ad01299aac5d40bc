import init from "./glue.js";

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
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(console.warn));
}
