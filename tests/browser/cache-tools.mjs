/**
 * What the tests of the model cache share: a server of files that can stall and
 * lie, pages that look into the stores, and browsers that lack something.
 */

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { ARGUMENTS, chromiumPath } from "./chromium.mjs";
import { Files } from "./range-server.mjs";
import { cannotRun, launch, openPackage, root, servePackage, watch } from "./support.mjs";

export const unable = cannotRun();
/** The bundled model's file. */
export const pump = unable ? null : readFileSync(join(root, "models/pump.gguf"));
export const files = new Files();
/** Chromium and the server, while tests run. */
export let browser, server;

/** Starts them before the tests of the file that calls this, and ends them behind. */
export function startAround() {
  before(async () => {
    if (!unable) {
      browser = await launch();
      server = await servePackage({ isolated: false, routes: files.routes });
    }
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });
}

/** The digest of bytes, as the cache writes it. */
export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** A file that looks like a model, as long as nobody runs it: seeded noise. */
export function noise(length, seed = 1) {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  bytes.write("GGUF");
  return bytes;
}

/** Puts `script` in front of both workers. */
export function inWorkers(script) {
  return (page) =>
    page.route(/\/web\/dist\/(cache-)?worker\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${script}\n${await response.text()}` });
    });
}

/** What is missing in some browsers and windows. */
export const WITHOUT = {
  opfs: "delete StorageManager.prototype.getDirectory;",
  refused: `
    StorageManager.prototype.getDirectory = async () => {
      throw new DOMException("not in this window", "SecurityError");
    };
  `,
  storage: `
    delete StorageManager.prototype.getDirectory;
    IDBFactory.prototype.open = () => {
      throw new DOMException("not in this window", "SecurityError");
    };
  `,
  locks: "delete WorkerNavigator.prototype.locks;",
  sharedHandles: "delete FileSystemSyncAccessHandle.prototype.mode;",
};

/** What the tests look at from inside a page. */
async function withTools(page) {
  await page.evaluate(() => {
    const request = (asked) =>
      new Promise((resolve, reject) => {
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
      });
    const table = async (name) => {
      const there = await indexedDB.databases();
      if (!there.some((database) => database.name === "senselm-models")) {
        return [];
      }
      const database = await request(indexedDB.open("senselm-models"));
      const rows = await request(database.transaction([name]).objectStore(name).getAll());
      database.close();
      return rows;
    };
    const folder = async () => {
      const origin = await navigator.storage.getDirectory();
      return origin.getDirectoryHandle("senselm", { create: true });
    };
    window.tools = {
      folder,
      /** Everything that is on the disk. */
      async kept() {
        const names = [];
        for await (const name of (await folder()).keys()) {
          names.push(name);
        }
        const [entries, parts, chunks] = await Promise.all(
          ["entries", "parts", "chunks"].map(table),
        );
        return { files: names.length, entries, parts, chunks: chunks.length };
      },
      /** The digest of what a store has of a model. */
      async digest(name) {
        const { entries } = await window.tools.kept();
        const { file, store } = entries.find((entry) => entry.name === name);
        let blob;
        if (store === "opfs") {
          blob = await (await (await folder()).getFileHandle(file)).getFile();
        } else {
          blob = new Blob(await table("chunks"));
        }
        const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
        return [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join("");
      },
      /** Reads a file, as a load does that the browser has stopped in the middle, until it is told. */
      async reading(file) {
        let release, begun;
        const reading = new Promise((resolve) => (release = resolve));
        const lock = { mode: "shared" };
        // Asked for is not had: a worker that asks later may have it first.
        const granted = new Promise((resolve) => (begun = resolve));
        const held = navigator.locks.request(`senselm file ${file}`, lock, () => {
          begun();
          return reading;
        });
        await granted;
        return () => {
          release();
          return held;
        };
      },
      /** Everything about an error, for the other side. */
      failure: (promise) =>
        promise.then(
          () => null,
          ({ name, code, message, cause }) => ({ name, code, message, cause: cause?.name ?? null }),
        ),
      /** Loads a model and answers something with it. */
      async load(source, options) {
        const model = await window.senselm.SenseLM.load(source, options);
        const { cached, uncachedBecause, info } = model;
        const channels = info.channels.map(() => Array(info.min_samples).fill(0.5));
        const { label, probability } = await model.answer({ channels });
        model.close();
        const because = uncachedBecause?.code ?? null;
        return { cached, because, bytes: info.file_bytes, label, probability };
      },
    };
  });
}

/** A page with the package and the tools in a context, and what it did wrong. */
export async function openTab(context, prepare = () => undefined) {
  const page = await openPackage(context, server.origin, prepare);
  const faults = watch(page, server.origin);
  await withTools(page);
  return { page, faults };
}

/** Runs `body` in a page of a context of its own. */
export async function inTab(body, argument, prepare) {
  const context = await browser.newContext();
  try {
    const { page, faults } = await openTab(context, prepare);
    const result = await page.evaluate(body, argument);
    return { result, faults };
  } finally {
    await context.close();
  }
}

/** Runs `body` with contexts that keep what they store when they are closed. */
export async function withProfile(body) {
  const folder = mkdtempSync(join(tmpdir(), "senselm-profile-"));
  const open = () =>
    chromium.launchPersistentContext(folder, { executablePath: chromiumPath(), args: ARGUMENTS });
  try {
    await body(open);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts something in a page and does not wait for it: `window.outcome` will be. */
export function begin(page, body, argument) {
  return page.evaluate(`
    window.progress = [];
    window.onProgress = (loaded, total) => window.progress.push([loaded, total]);
    window.outcome = (${body})(${JSON.stringify(argument)}).then(
      (result) => ({ result }),
      ({ name, code, message }) => ({ failure: { name, code, message } }),
    );
    null
  `);
}

/** What became of it. */
export const outcome = (page) => page.evaluate(() => window.outcome);

/** Waits until a page has noted so many bytes of a download. */
export async function noted(page, bytes) {
  for (;;) {
    const { parts } = await page.evaluate(() => window.tools.kept());
    if (parts.length === 1 && parts[0].bytes >= bytes) {
      return;
    }
    await page.waitForTimeout(50);
  }
}

/** Installs a model, for `begin`. */
export const install = `async ({ url, options }) =>
  window.senselm.models.install(url, { ...options, onProgress: window.onProgress })`;

/** How a page comes to use each of the two stores. */
export const STORES = {
  opfs: undefined,
  indexeddb: inWorkers(WITHOUT.opfs),
};
