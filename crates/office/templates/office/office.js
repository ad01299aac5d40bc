// Small comforts for the office's pages. Every page works without this script. Keys: j and k move
// through a list, x selects the inquiry, / focuses the search field, n opens the form for a new
// inquiry. Ignored while somebody types. Ctrl + Enter in a form presses its main button.
"use strict";
const rows = () => [...document.querySelectorAll("table.inbox th[scope=row] a")];
addEventListener("keydown", (event) => {
  const types = event.target instanceof HTMLElement && event.target.matches("input:not([type=checkbox]), textarea, select");
  if (types || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = rows();
  const at = all.findIndex((link) => link.closest("tr").contains(document.activeElement));
  if (event.key === "j" && all.length) all[Math.min(at + 1, all.length - 1)].focus();
  else if (event.key === "k" && all.length) all[Math.max(at - 1, 0)].focus();
  else if (event.key === "x" && at >= 0) all[at].closest("tr").querySelector("[name=pick]")?.click();
  else if (event.key === "/" && document.getElementById("q")) document.getElementById("q").focus();
  else if (event.key === "n") document.querySelector("[data-key=n]")?.click();
  else return;
  event.preventDefault();
});
addEventListener("keydown", (event) => {
  const form = event.target instanceof HTMLElement && event.target.closest("form");
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const isEmpty = form.querySelector("textarea")?.value.trim() === "";
  const button = isEmpty && form.querySelector("[data-ctrl-enter-empty]") || form.querySelector("[data-ctrl-enter]");
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
});
// While a new inquiry is typed: services that it may be about, the record of the best one, and
// earlier inquiries of the same person. They come from the same form, sent as "look".
const record = document.querySelector("form[data-look]");
let timer, asked = 0;
async function look() {
  const number = asked += 1;
  const fields = new URLSearchParams(new FormData(record));
  fields.set("do", "look");
  const answer = await fetch(record.action, { method: "POST", body: fields }).catch(() => null);
  if (!answer?.ok || number !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["known", "suggested", "beside"]) {
    const [old, newer] = [document.getElementById(id), page.getElementById(id)];
    const isUsed = old?.contains(document.activeElement);
    if (newer && !isUsed && old.innerHTML !== newer.innerHTML) old.replaceChildren(...newer.childNodes);
  }
}
record?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, 400);
});
record?.addEventListener("click", (event) => {
  const pick = event.target.closest("button[name=pick]");
  if (!pick) return;
  event.preventDefault();
  const service = document.getElementById("service");
  service.value = pick.dataset.name;
  service.focus();
  look();
});
// Counts what is selected, and selects all or nothing of the page.
const picks = [...document.querySelectorAll("input[name=pick]")];
const [counted, pickAll] = ["[data-picked]", "[data-pick-all]"].map((of) => document.querySelector(of));
function countPicks() {
  if (counted) counted.value = picks.filter((pick) => pick.checked).length;
}
if (pickAll) {
  pickAll.hidden = false;
  pickAll.addEventListener("click", () => {
    const isAll = picks.every((pick) => pick.checked);
    for (const pick of picks) pick.checked = !isAll;
    countPicks();
  });
  addEventListener("change", countPicks);
  countPicks();
}
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
// Saves a reply as a draft while it is typed: some seconds after the last letter, and not more often
// than every 20 seconds.
const reply = document.querySelector("form[data-autosave]");
const autosaved = document.getElementById("autosave");
let saving, savedAt = 0, isSending = false, isTyped = false;
async function saveDraft() {
  if (isSending) return;
  savedAt = Date.now();
  const text = reply.elements.text.value;
  const fields = new URLSearchParams(new FormData(reply));
  fields.set("auto", "1");
  const answer = await fetch(reply.action, { method: "POST", body: fields }).catch(() => null);
  const isPlain = answer?.headers.get("content-type")?.startsWith("text/plain");
  autosaved.textContent = isPlain ? await answer.text() : autosaved.dataset.broken;
  if (answer?.ok && isPlain && reply.elements.text.value === text) isTyped = false;
}
reply?.elements.text.addEventListener("input", () => {
  clearTimeout(saving);
  saving = setTimeout(saveDraft, Math.max(3_000, savedAt + 20_000 - Date.now()));
});
reply?.addEventListener("submit", () => { isSending = true; clearTimeout(saving); });
// Asks before a page with unsent text is left.
for (const area of document.querySelectorAll("textarea")) area.addEventListener("input", () => { isTyped = true; });
addEventListener("submit", () => { isTyped = false; });
addEventListener("beforeunload", (event) => { if (isTyped) event.preventDefault(); });
