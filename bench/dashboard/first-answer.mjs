/** How long the dashboard takes from a visit to its first answer. */

import { ARGUMENTS, chromiumPath } from "../../tests/browser/chromium.mjs";
import { chromium } from "playwright-core";

/** The live view marks the moment at which an answer has been painted. */
const MARK = "senselm:first-answer";
const PATIENCE = { timeout: 60_000 };

/**
 * A first visit, with nothing cached by anybody, and a second one, in
 * milliseconds since the navigation began.
 */
export async function measureFirstAnswer(origin) {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ARGUMENTS });
  try {
    const context = await browser.newContext();
    const cold = await visit(context, origin, async (page) => {
      // The second visit is one that finds everything kept.
      await page.evaluate(() => navigator.serviceWorker.ready);
      await page.waitForFunction(() => navigator.serviceWorker.controller, undefined, PATIENCE);
    });
    const cached = await visit(context, origin);
    return { cold, cached };
  } finally {
    await browser.close();
  }
}

async function visit(context, origin, afterwards = () => undefined) {
  const page = await context.newPage();
  await page.goto(origin, { waitUntil: "commit" });
  const marked = await page.waitForFunction(
    (mark) => performance.getEntriesByName(mark)[0]?.startTime,
    MARK,
    PATIENCE,
  );
  const time = await marked.jsonValue();
  await afterwards(page);
  await page.close();
  return time;
}
