/** Accessibility as axe-core judges it, for every test that shows a page. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe objects to in the page as it is, in a few words each; `options` are its own. */
export async function audit(page, options = {}) {
  // Evaluated, not added as a script, which the page's policy forbids.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (options) => window.axe.run(document, options),
    options,
  );
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
  );
}
