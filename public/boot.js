import init from "./glue.js";

// Starts the app: the wasm is checked and compiled while it downloads. An external file, because the
// content security policy allows no inline script.
const failed = (error) => {
  console.error(error);
  document.getElementById("failure").hidden = false;
};
const wasm = fetch("{{wasm}}", { integrity: "{{wasm_integrity}}" });
init({ module_or_path: wasm }).catch(failed);
// After the app, so that the copy for working offline does not take its bandwidth.
if ("serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(console.warn));
}
