// Runs the accessibility checker axe on a page.
import fs from "node:fs";
import { createRequire } from "node:module";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * The violations found, one line each. The page's content security policy must be bypassed, because
 * the test injects axe.
 */
export async function findings(page) {
  const results = await page.evaluate(async (source) => {
    if (!window.axe) new Function(source)();
    return window.axe.run(document, { resultTypes: ["violations"] });
  }, AXE);
  return results.violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.join(" ")} (${node.failureSummary})`));
}
