// What a page is to somebody who hears it: the accessibility tree, in reading order, and the same
// as a screen reader speaks it.
import assert from "node:assert/strict";
import fs from "node:fs";

/** What differs from build to build: the version in the footer. */
const CHANGING = [[/Version [\d.]+ \([^)]*\)/g, "Version 1.2.3 (0123456)"]];

/** The tree of what is on the page, one line for each element, without addresses of links. */
export async function tree(page, part = "body") {
  const lines = (await page.locator(part).ariaSnapshot()).split("\n").filter((line) => !/^\s*- \/url:/.test(line));
  return CHANGING.reduce((text, [found, shown]) => text.replace(found, shown), lines.join("\n")) + "\n";
}

const ROLES = {
  en: { heading: (level) => `heading level ${level}`, link: "link", button: "button", textbox: "edit", combobox: "combo box, edit", searchbox: "search, edit", radio: "radio button", checkbox: "check box", navigation: "navigation landmark", main: "main landmark", banner: "banner landmark", contentinfo: "content information landmark", list: "list", group: "grouping", alert: "alert", status: "status", search: "search landmark", img: "graphic", term: "term", definition: "definition", region: "region", option: "option", listbox: "list box", checked: "checked", not: "not checked", disabled: "unavailable", form: "form landmark" },
  fr: { heading: (level) => `titre de niveau ${level}`, link: "lien", button: "bouton", textbox: "édition", combobox: "liste déroulante, édition", searchbox: "recherche, édition", radio: "bouton radio", checkbox: "case à cocher", navigation: "région navigation", main: "région principale", banner: "région bannière", contentinfo: "région informations", list: "liste", group: "groupe", alert: "alerte", status: "état", search: "région recherche", img: "graphique", term: "terme", definition: "définition", region: "région", option: "option", listbox: "zone de liste", checked: "coché", not: "non coché", disabled: "non disponible", form: "région formulaire" },
};
/** Elements whose children are heard, and which say nothing themselves. */
const SILENT = new Set(["listitem", "paragraph", "strong", "generic", "text", "emphasis", "document", "time"]);
/** Elements that are heard only when something is in them. */
const WITH_WORDS = new Set(["alert", "status", "term", "definition"]);

/** A tree as a screen reader reads it aloud from top to bottom, one line for each stop. */
export function spoken(snapshot, language) {
  const roles = ROLES[language];
  return snapshot.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
    const found = line.match(/^- '?([a-z]+)(?: "((?:[^"\\]|\\.)*)")?((?: \[[^\]]+\])*)'?:?\s*(.*)$/);
    if (!found) return line.replace(/^- /, "");
    const [, role, name = "", marks, text] = found;
    const words = [name || text, name && text && name !== text ? text : ""].filter(Boolean).join(", ").replace(/^["']|["']$/g, "");
    if (SILENT.has(role) || (WITH_WORDS.has(role) && !words)) return words;
    const level = marks.match(/level=(\d)/)?.[1];
    const kind = role === "heading" ? roles.heading(level) : roles[role];
    assert.ok(kind, `nobody has said how “${role}” is spoken`);
    const isChoice = role === "radio" || role === "checkbox";
    const state = [isChoice && (marks.includes("[checked]") ? roles.checked : roles.not), marks.includes("[disabled]") && roles.disabled];
    return [words, kind, ...state].filter(Boolean).join(", ");
  }).filter(Boolean).join("\n") + "\n";
}

/**
 * Compares a text with the file that a person has read and accepted. With `HEARD=write` in the
 * environment the file is written instead: read what changed before it is committed.
 */
export function accepted(file, text) {
  const url = new URL(`../a11y/heard/${file}`, import.meta.url);
  if (process.env.HEARD === "write") {
    fs.mkdirSync(new URL(".", url), { recursive: true });
    return fs.writeFileSync(url, text);
  }
  assert.equal(text, fs.readFileSync(url, "utf8"), `tests/a11y/heard/${file}: read the difference, and write it with HEARD=write if it is right`);
}
