// Small comforts for the office's pages. Every page works without this script.
// Keys: j and k move through a list, / focuses the search field. Ignored while somebody types.
"use strict";
const rows = () => [...document.querySelectorAll("table.inbox th[scope=row] a")];
addEventListener("keydown", (event) => {
  const types = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
  if (types || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = rows();
  const at = all.indexOf(document.activeElement);
  if (event.key === "j" && all.length) all[Math.min(at + 1, all.length - 1)].focus();
  else if (event.key === "k" && all.length) all[Math.max(at - 1, 0)].focus();
  else if (event.key === "/" && document.getElementById("q")) document.getElementById("q").focus();
  else return;
  event.preventDefault();
});
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
// Asks before a page with unsent text is left.
let isTyped = false;
for (const area of document.querySelectorAll("textarea")) area.addEventListener("input", () => { isTyped = true; });
addEventListener("submit", () => { isTyped = false; });
addEventListener("beforeunload", (event) => { if (isTyped) event.preventDefault(); });
