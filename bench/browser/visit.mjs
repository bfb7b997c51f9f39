/** One measurement in a page: a fresh browser, a fresh page, one result. */

import { launch, newProfile, rendererPeak } from "./chromium.mjs";
import { serve } from "./server.mjs";

/** The longest that a page may take. */
const PATIENCE = { timeout: 600_000 };

/** Profiles that have seen their page before, by contender. */
const warm = new Map();

/**
 * Loads the page of a contender, waits for what it found, and closes it.
 * Pages whose start is measured keep their profile and their server, so that
 * the HTTP cache is warm; the first two visits, which fill it, do not count.
 */
export async function visit(work, query, place) {
  if (work.kind === "first") {
    return visitWarm(query, place);
  }
  const server = await serve(place, { isolated: work.threads > 1, cached: false });
  const profile = newProfile();
  try {
    const blank = work.kind === "memory" ? await blankPeak(server) : 0;
    const { result, renderer } = await load(profile, server, query);
    return { result, memory: { renderer, blank } };
  } finally {
    profile.remove();
    server.close();
  }
}

async function visitWarm(query, place) {
  const key = JSON.stringify(query);
  if (!warm.has(key)) {
    const kept = {
      profile: newProfile(),
      server: await serve(place, { isolated: false, cached: true }),
    };
    warm.set(key, kept);
    await load(kept.profile, kept.server, query);
    await load(kept.profile, kept.server, query);
  }
  const { profile, server } = warm.get(key);
  server.sent.length = 0;
  const visited = await load(profile, server, query);
  const fetched = server.sent.filter((path) => path.startsWith("/weights/"));
  if (fetched.length > 0) {
    throw new Error(`the HTTP cache was not warm: ${fetched.join(", ")} came from the server`);
  }
  return { ...visited, memory: null };
}

/** Ends what warm pages kept. */
export function endVisits() {
  for (const { profile, server } of warm.values()) {
    profile.remove();
    server.close();
  }
  warm.clear();
}

async function load(profile, server, query) {
  const browser = await launch(profile, query.backend);
  try {
    const page = await browser.newPage();
    const faults = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(`${server.origin}/pages/page.html?${new URLSearchParams(query)}`);
    await page.waitForFunction(() => window.result, null, PATIENCE);
    const result = await page.evaluate(() => window.result);
    if (result.error) {
      throw new Error([result.error, ...faults].join("\n"));
    }
    return { result, renderer: rendererPeak(profile) };
  } finally {
    await browser.close();
  }
}

/** What a renderer needs for a page that does nothing. */
async function blankPeak(server) {
  const profile = newProfile();
  try {
    const { renderer } = await load(profile, server, { contender: "blank", work: "blank" });
    return renderer;
  } finally {
    profile.remove();
  }
}
