/**
 * The dashboard's sources by themselves: bundled, for Node and for a page.
 *
 * What is pure is tested in Node from the bundle; what needs
 * a browser is loaded from the same files by a page with the dashboard's policy.
 */

import { readFile } from "node:fs/promises";
import { readdirSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { bundleModules, importBundled } from "./bundle.mjs";
import { listen, root, watchPolicy } from "./support.mjs";

const source = join(root, "www/src/sources");

let bundled;

/** Bundles every module of `www/src/sources`, once; gives the folder. */
export function bundleSources() {
  const names = readdirSync(source).filter((name) => name.endsWith(".ts"));
  bundled ??= bundleModules(
    names.map((name) => join(source, name)),
    "browser-sources",
  );
  return bundled;
}

/** The exports of a module, in Node. */
export async function importSource(name) {
  return importBundled(await bundleSources(), name);
}

/** The module that reads lines and messages, in Node. */
export async function importReader() {
  const reader = await importSource("reader");
  const module = await reader.loadReader(
    await readFile(join(root, "web/wasm/readings/readings_bg.wasm")),
  );
  return { ...reader, module, convert: await reader.loadConvert() };
}

/** What the dashboard allows itself, as far as sources are concerned. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ws: wss:";

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

/** Serves the bundle and an empty page. */
export async function serveSources() {
  const folder = await bundleSources();
  return listen(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const headers = { "Content-Security-Policy": POLICY, "Cache-Control": "no-store" };
    if (pathname === "/") {
      response.writeHead(200, { ...headers, "Content-Type": "text/html; charset=utf-8" });
      response.end('<!doctype html><title>sources</title><button id="go">go</button>');
      return;
    }
    try {
      const content = await readFile(join(folder, basename(pathname)));
      const type = TYPES[extname(pathname)];
      response.writeHead(200, { ...headers, "Content-Type": type }).end(content);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
}

/** A page that can load sources, with `recorder()` for what they deliver. */
export async function openSources(browser, origin, context = {}) {
  const page = await browser.newPage(context);
  const faults = [];
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  await watchPolicy(page, faults);
  await page.addInitScript(() => {
    /** A sink that keeps everything, in the order in which it came. */
    window.recorder = () => {
      const record = { readings: [], states: [], problems: [], gaps: 0, order: [] };
      record.sink = {
        readings: (batch) => {
          record.readings.push(...batch);
          record.order.push("readings");
        },
        gap: () => {
          record.gaps += 1;
          record.order.push("gap");
        },
        state: (state) => {
          record.states.push(state);
          record.order.push(state.kind);
        },
        problem: (problem) => record.problems.push(problem),
      };
      return record;
    };
    /** Waits until something holds; says what was there if it never does. */
    window.until = async (holds, what = holds) => {
      const end = performance.now() + 120_000;
      while (!holds()) {
        if (performance.now() > end) {
          throw new Error(`waited in vain: ${what}; ${JSON.stringify(window.record ?? null)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
  });
  await page.goto(origin);
  return { page, faults };
}

/** Channels of a model, by name. */
export function channels(names, { unit = "", sample_rate_hz = 10 } = {}) {
  return names.map((name) => ({ name, unit, sample_rate_hz }));
}
