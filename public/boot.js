// Starts the app in the page, sends a staff tablet to its own pages, lets one press do one thing,
// keeps what is typed through a reload, and registers the service worker.
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
// One press does one thing. What a held key or a double click repeats, and the keys that compose a
// letter (IME), reach no page. A text field still repeats letters, and a list still scrolls.
const ignore = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};
addEventListener("keydown", (event) => {
  const isText = event.target.matches?.("textarea, select, input:not([type=radio], [type=checkbox])");
  // Some browsers mark the key that ends a composition by its code alone.
  if (event.isComposing || event.keyCode === 229) return event.stopImmediatePropagation();
  const acts = event.key === "Enter" ? !event.target.matches?.("textarea") : /^\w$/.test(event.key) && !isText;
  if (event.repeat && acts) ignore(event);
}, true);
let last = {};
// Whoever types between two presses means both.
addEventListener("input", (event) => {
  if (!event.target.matches?.("[type=radio], [type=checkbox]")) last = {};
}, true);
addEventListener("click", (event) => {
  const before = last;
  // A survey stand has one address for all its pages, so the heading tells them apart.
  const heading = document.querySelector("h1");
  if (event.detail) last = { at: event.timeStamp, x: event.clientX, y: event.clientY, heading };
  const pressed = event.target.closest?.("a, button, summary, label, [type=radio], [type=checkbox], [role=option]");
  if (!pressed) return;
  // Whoever counts visitors may press twice for two of them.
  if (event.detail > 1 && !pressed.matches("[data-each]")) return ignore(event);
  // A tap on an answer or on Next shows the next question in its place: the rest of a double tap is
  // not its answer. Some browsers count the second tap as a first one, because what it hits is new.
  const isNear = Math.hypot(event.clientX - before.x, event.clientY - before.y) < 24;
  if (event.detail && isNear && before.heading !== heading && event.timeStamp - before.at < 400 && pressed.matches("label, [type=radio], .question [type=submit]")) return ignore(event);
  // Where in a list the person was, for the way back.
  if (pressed.href) history.replaceState(`${scrollY} ${pressed.getAttribute("href")}`, "");
}, true);
addEventListener("popstate", ({ state }) => {
  if (!state) return;
  const [, top, href] = /^(\S+) (.*)$/.exec(state);
  // The app shows the page and focuses its heading in the next frame, so this comes after it.
  const find = () => {
    const link = document.querySelector(`#main a[href="${CSS.escape(href)}"]`);
    scrollTo(0, top);
    link?.focus({ preventScroll: true });
  };
  requestAnimationFrame(() => requestAnimationFrame(find));
});
globalThis.shareAddress = async (title, url) => {
  try {
    if (navigator.share) {
      // A person who closes the sheet has seen it.
      const error = await navigator.share({ title, url }).catch((error) => error);
      if (!error || error.name === "AbortError") return "shared";
    }
    await navigator.clipboard.writeText(url);
    return "copied";
  } catch (error) {
    console.warn(error);
  }
};
// What is typed and not sent survives a reload or a crash for a day. It is encrypted (AES-GCM) with
// a key that only this tab has: sessionStorage survives a reload and not the closing of the tab.
// Here and not in the app, because the browser's own cipher costs no wasm.
// docs/decisions/0036-typed-text.md says what this protects against.
const DRAFT = "draft-";
const DRAFT_MS = 24 * 60 * 60 * 1_000;
const drop = (is_due) => Object.keys(localStorage).filter((name) => name.startsWith(DRAFT) && is_due(name)).forEach((name) => localStorage.removeItem(name));
const sweep = () => drop((name) => !(Math.abs(Date.now() - parseInt(localStorage[name])) < DRAFT_MS));
const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const unbase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
// The name of this tab's record and its key, created if `mayCreate`.
const ofTab = (mayCreate) => {
  let kept = sessionStorage.getItem(DRAFT);
  if (!kept && mayCreate) sessionStorage.setItem(DRAFT, (kept = base64(crypto.getRandomValues(new Uint8Array(38)))));
  return kept && { name: DRAFT + kept.slice(0, 8), key: crypto.subtle.importKey("raw", unbase64(kept).slice(6), "AES-GCM", false, ["encrypt", "decrypt"]) };
};
let turn = 0;
// A browser that stores nothing, or has no cipher because the address is not secure, keeps the text
// in the page alone.
const quietly = (act) => async (text) => {
  try {
    return await act(text);
  } catch (error) {
    console.warn(error);
  }
};
globalThis.unsent = {
  read: quietly(async () => {
    sweep();
    setInterval(quietly(sweep), 60 * 60 * 1_000);
    const tab = ofTab(false);
    const kept = tab && localStorage.getItem(tab.name);
    if (!kept) return "";
    const sealed = unbase64(kept.split(" ")[1]);
    return new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.slice(0, 12) }, await tab.key, sealed.slice(12)));
  }),
  write: quietly(async (text) => {
    const mine = ++turn;
    const tab = ofTab(text !== "");
    if (text === "") return tab && localStorage.removeItem(tab.name);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await tab.key, new TextEncoder().encode(text));
    // A text that was typed, sent or deleted meanwhile comes after this one.
    if (mine === turn) localStorage.setItem(tab.name, `${Date.now()} ${base64([...iv, ...new Uint8Array(sealed)])}`);
  }),
  // Deletes what all tabs have written.
  clear: quietly(() => {
    turn += 1;
    drop(() => true);
  }),
};
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
// What was typed into the page that was there before the app goes into the same fields of the app's
// page. A choice may add a field, so it is done again in the next frame.
const shell = document.getElementById("shell");
const takeOver = () => {
  for (const old of shell.querySelectorAll(":is(input, textarea)[id]")) {
    const now = document.getElementById(old.id);
    const isChoice = /radio|checkbox/.test(old.type);
    if (!now || old.name === "q" || (isChoice ? old.checked === old.defaultChecked : old.value === old.defaultValue || now.value)) continue;
    if (isChoice) now.checked = old.checked;
    else now.value = old.value;
    now.dispatchEvent(new Event(isChoice ? "change" : "input", { bubbles: true }));
  }
};
if (shell) {
  const watch = new MutationObserver(() => {
    if (shell.isConnected) return;
    watch.disconnect();
    takeOver();
    requestAnimationFrame(takeOver);
  });
  watch.observe(document.body, { childList: true });
}
const wasm = fetch("{{ wasm }}", { integrity: "{{ wasm_integrity }}" });
init({ module_or_path: wasm }).catch(async (error) => {
  failed(error);
  // A newer version that waits for the app would wait for ever.
  (await navigator.serviceWorker?.getRegistration())?.waiting?.postMessage({ type: "take-over" });
});
// Registered after the load event, so that filling the offline cache does not compete with the app
// for bandwidth.
if ("serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register(isTablet || isCounter ? "/sw.js?counter" : "/sw.js", { updateViaCache: "none" }).catch(console.warn));
}
