/** What Lighthouse says of the dashboard. */

import { once } from "node:events";
import { createServer } from "node:net";
import lighthouse from "lighthouse";
import desktop from "lighthouse/core/config/desktop-config.js";
import { chromium } from "playwright-core";
import { ARGUMENTS, chromiumPath } from "../../tests/browser/chromium.mjs";

export const CATEGORIES = ["performance", "accessibility", "best-practices"];

/** The scores of one visit, 0 to 100, and the audits that cost some. */
export async function runLighthouse(origin, formFactor) {
  const port = await freePort();
  const args = [...ARGUMENTS, `--remote-debugging-port=${port}`];
  const browser = await chromium.launch({ executablePath: chromiumPath(), args });
  try {
    const options = { port, onlyCategories: CATEGORIES, logLevel: "silent" };
    const config = formFactor === "desktop" ? desktop : undefined;
    const { lhr } = await lighthouse(origin, options, config);
    const scores = CATEGORIES.map((name) => [name, 100 * lhr.categories[name].score]);
    const weak = CATEGORIES.flatMap((name) => weakAudits(lhr, name));
    return { scores: Object.fromEntries(scores), weak };
  } finally {
    await browser.close();
  }
}

/** Lighthouse has to be told where Chromium listens. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

function weakAudits(lhr, category) {
  return lhr.categories[category].auditRefs
    .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9)
    .map(({ id }) => `${id} ${lhr.audits[id].displayValue ?? lhr.audits[id].score}`);
}
