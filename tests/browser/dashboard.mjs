/** What the tests of the dashboard share: opening it, and what must never happen on it. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { cannotRun, root, watch } from "./support.mjs";

/** Far more than anything takes, for a machine that is busy. */
export const PATIENT = { timeout: 60_000 };

/** Why the tests cannot run here, or false. */
export function noDashboard() {
  const built = existsSync(join(root, "www/dist/index.html"));
  return cannotRun() || (!built && "the page is not built: npm run build");
}

/**
 * A context of its own with a page, and everything wrong that was seen on it:
 * errors of the console, failed requests, strangers, and breaches of the policy.
 * The service worker is left out where a test is not about it.
 */
export async function openDashboard(browser, origin, path = "", options = {}) {
  const { worker = false, ...rest } = options;
  const context = await browser.newContext({
    serviceWorkers: worker ? "allow" : "block",
    locale: "en",
    ...rest,
  });
  const page = await context.newPage();
  const seen = watch(page, origin);
  await page.exposeFunction("reportViolation", (text) => seen.push(`policy: ${text}`));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      window.reportViolation(`${event.violatedDirective}: ${event.blockedURI}`);
    });
  });
  await page.goto(`${origin}/${path}`);
  await modelReady(page);
  /** All but what Playwright itself says about a worker that it blocked. */
  const faults = () => seen.filter((fault) => !fault.includes("blocked by Playwright"));
  return { context, page, faults };
}

export function modelReady(page) {
  return page.locator(".chip.ready").waitFor(PATIENT);
}
