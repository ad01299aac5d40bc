// What axe has to say of a page.
import fs from "node:fs";
import { createRequire } from "node:module";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Its findings, a line each. The page's own policy must be bypassed: the test puts axe in. */
export async function findings(page) {
  const results = await page.evaluate(async (source) => {
    if (!window.axe) new Function(source)();
    return window.axe.run(document, { resultTypes: ["violations"] });
  }, AXE);
  return results.violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.join(" ")} (${node.failureSummary})`));
}
