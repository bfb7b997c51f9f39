/** What the tests of the dashboard share: opening it, and what must never happen on it. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { bundleText } from "./bundle.mjs";
import { cannotRun, root, watch, watchPolicy } from "./support.mjs";

/**
 * Far more than anything takes, for a machine that is busy: a GPU in software
 * compiles what a model needs for a minute there.
 */
export const PATIENT = { timeout: 240_000 };

/** Why the tests cannot run here, or false. */
export function noDashboard() {
  const built = existsSync(join(root, "www/dist/index.html"));
  return cannotRun() || (!built && "the page is not built: npm run build");
}

/** Waits until what fades in or moves has come to its end. */
export function faded(page) {
  return page.evaluate(async () => {
    // What begins with this change has begun by the frame after the next.
    for (let frame = 0; frame < 2; frame += 1) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    const ends = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
      .map(({ finished }) => finished.catch(() => undefined));
    await Promise.all(ends);
  });
}

/** Everything wrong that is seen on a page: what `watch` sees, and breaches of the policy. */
export async function watchDashboard(page, origin) {
  const seen = watch(page, origin);
  await watchPolicy(page, seen);
  return seen;
}

/** All faults but what Playwright itself says about a worker that it blocked. */
export function ownFaults(seen) {
  return seen.filter((fault) => !fault.includes("blocked by Playwright"));
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
  const seen = await watchDashboard(page, origin);
  await page.goto(`${origin}/${path}`);
  await modelReady(page);
  return { context, page, faults: () => ownFaults(seen) };
}

export function modelReady(page) {
  return page.locator(".chip.ready").waitFor(PATIENT);
}

/** The store of the history as one module, to write runs without a source. */
export function storeModule() {
  return bundleText(join(root, "tests/browser/history-store.mjs"));
}

/** Puts that module beside the app, as `window.store`, with readings and answers to write. */
export async function withStore(page, module) {
  await page
    .context()
    .route("**/test-store.js", (route) =>
      route.fulfill({ contentType: "text/javascript", body: module }),
    );
  await page.evaluate(async () => {
    window.store = await import("/test-store.js");
    window.readings = (count, from = 0) =>
      Array.from({ length: count }, (_, index) => ({
        values: [from + index, index % 3 === 0 ? null : -1.5],
        time_s: from + index,
      }));
    window.answers = (count, from = 0) =>
      Array.from({ length: count }, (_, index) => ({
        start: from + index,
        end: from + index + 30,
        refused: null,
        answer: {
          kind: "classification",
          label: index % 4 === 0 ? "dry running" : "normal",
          index: index % 4 === 0 ? 4 : 0,
          probability: 0.75,
          probabilities: [],
          anomaly: 1.25,
          timings: { total_ms: 2.5 },
        },
      }));
  });
}
