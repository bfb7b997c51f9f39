/**
 * The model cache in Chromium: downloads that break off, servers that lie, two
 * tabs, no room, no network, and browsers that keep nothing.
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { chromium } from "playwright-core";
import { ARGUMENTS, chromiumPath } from "./chromium.mjs";
import { Files } from "./range-server.mjs";
import { cannotRun, launch, openPackage, root, servePackage, watch } from "./support.mjs";

const unable = cannotRun();
const pump = unable ? null : readFileSync(join(root, "models/pump.gguf"));

let browser, server, files;

before(async () => {
  if (!unable) {
    browser = await launch();
    files = new Files();
    server = await servePackage({ isolated: false, routes: files.routes });
  }
});

after(async () => {
  await browser?.close();
  server?.close();
});

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** A file that looks like a model, as long as nobody runs it: seeded noise. */
function noise(length, seed = 1) {
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
function inWorkers(script) {
  return (page) =>
    page.route(/\/web\/dist\/(cache-)?worker\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${script}\n${await response.text()}` });
    });
}

/** What is missing in some browsers and windows. */
const WITHOUT = {
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
  locks: "delete Navigator.prototype.locks; delete WorkerNavigator.prototype.locks;",
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
async function openTab(context, prepare = () => undefined) {
  const page = await openPackage(context, server.origin, prepare);
  const faults = watch(page, server.origin);
  await withTools(page);
  return { page, faults };
}

/** Runs `body` in a page of a context of its own. */
async function inPage(body, argument, prepare) {
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
async function withProfile(body) {
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
function begin(page, body, argument) {
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

const outcome = (page) => page.evaluate(() => window.outcome);

/** Waits until a page has noted so many bytes of a download. */
async function noted(page, bytes) {
  for (;;) {
    const { parts } = await page.evaluate(() => window.tools.kept());
    if (parts.length === 1 && parts[0].bytes >= bytes) {
      return;
    }
    await page.waitForTimeout(50);
  }
}

const install = `async ({ url, options }) =>
  window.senselm.models.install(url, { ...options, onProgress: window.onProgress })`;

const STORES = {
  opfs: undefined,
  indexeddb: inWorkers(WITHOUT.opfs),
};

for (const [store, prepare] of Object.entries(STORES)) {
  describe(`a model that is kept in ${store}`, { skip: unable }, () => {
    it("is loaded without asking the server again", async () => {
      files.put("pump.gguf", pump);
      const before = files.of("pump.gguf").length;
      const { result, faults } = await inPage(
        async () => {
          const { load, kept, digest } = window.tools;
          const progress = [];
          const onProgress = (loaded, total) => progress.push([loaded, total]);
          const uncached = await load("/files/pump.gguf", { cache: "none" });
          const nothing = await kept();
          const first = await load("/files/pump.gguf#one", {});
          const second = await load("/files/pump.gguf#two", { onProgress });
          const [listed, ...others] = await window.senselm.models.list();
          const usage = await window.senselm.models.usage();
          const { name } = listed;
          const byName = await load(name, {});
          const [{ used }] = await window.senselm.models.list();
          return {
            ...{ uncached, nothing, first, second, byName, listed, others, usage, used },
            ...{ progress, digest: await digest(name), has: await window.senselm.models.has(name) },
          };
        },
        undefined,
        prepare,
      );
      const { uncached, first, second, byName, listed, usage } = result;
      assert.equal(uncached.cached, false);
      assert.equal(uncached.because, null);
      assert.deepEqual(result.nothing, { files: 0, entries: [], parts: [], chunks: 0 });
      for (const loaded of [first, second, byName]) {
        assert.deepEqual(loaded, { ...uncached, cached: true });
      }
      assert.equal(files.of("pump.gguf").length - before, 2);
      const url = `${server.origin}/files/pump.gguf`;
      const { installed, used, ...others } = listed;
      assert.deepEqual(others, {
        ...{ name: url, url, bytes: pump.length, sha256: sha256(pump), etag: '"one"' },
      });
      assert.deepEqual(result.others, []);
      assert.ok(Date.parse(installed) <= Date.parse(used));
      assert.ok(Date.parse(used) <= Date.parse(result.used));
      assert.equal(result.digest, sha256(pump));
      assert.equal(result.has, true);
      assert.deepEqual(result.progress.at(-1), [pump.length, pump.length]);
      assert.equal(usage.store, store);
      assert.equal(usage.models, pump.length);
      assert.ok(usage.quota > usage.used);
      assert.deepEqual(faults, []);
    });

    it("goes on where it was when the browser was closed", async () => {
      const bytes = noise(9_000_000);
      await withProfile(async (open) => {
        files.put("killed.gguf", bytes, { stallAt: 5_000_000 });
        const first = await open();
        const { page } = await openTab(first, prepare);
        await begin(page, install, { url: "/files/killed.gguf" });
        await files.stalled("killed.gguf");
        await noted(page, 1_000_000);
        await first.close();
        const between = files.asked.length;
        files.goOn("killed.gguf");

        const second = await open();
        const { page: again, faults } = await openTab(second, prepare);
        const listed = await again.evaluate(() => window.senselm.models.list());
        assert.deepEqual(listed, [], "a part is no model");
        await begin(again, install, { url: "/files/killed.gguf" });
        const { result } = await outcome(again);
        assert.equal(result.sha256, sha256(bytes));
        const [asked, ...others] = files.asked.slice(between);
        assert.deepEqual(others, []);
        const from = Number(/^bytes=(\d+)-$/.exec(asked.range)[1]);
        assert.ok(from >= 1_000_000 && from <= 5_000_000, `from ${from}`);
        assert.equal(asked.ifRange, '"one"');
        assert.equal(asked.status, 206);
        const [first_] = await again.evaluate(() => window.progress);
        assert.deepEqual(first_, [from, bytes.length]);
        const { digest, kept } = await again.evaluate(async () => ({
          digest: await window.tools.digest("killed.gguf"),
          kept: await window.tools.kept(),
        }));
        assert.equal(digest, sha256(bytes));
        assert.deepEqual(kept.parts, []);
        assert.deepEqual(faults, []);
        await second.close();
      });
    });

    it("begins anew where the part on the disk is torn", async () => {
      const bytes = noise(6_000_000, 2);
      await withProfile(async (open) => {
        files.put("torn.gguf", bytes, { stallAt: 4_500_000 });
        const first = await open();
        const { page } = await openTab(first, prepare);
        await begin(page, install, { url: "/files/torn.gguf" });
        await files.stalled("torn.gguf");
        await noted(page, 4_500_000);
        await first.close();
        files.goOn("torn.gguf");

        const second = await open();
        const { page: again } = await openTab(second, prepare);
        const torn = await again.evaluate(async (store) => {
          const { parts } = await window.tools.kept();
          const [{ file }] = parts;
          if (store === "opfs") {
            const handle = await (await window.tools.folder()).getFileHandle(file);
            const writable = await handle.createWritable({ keepExistingData: true });
            await writable.write({ type: "write", position: 3_000_000, data: new Uint8Array(512) });
            await writable.close();
            return (await handle.getFile()).size;
          }
          const opening = indexedDB.open("senselm-models");
          await new Promise((resolve) => (opening.onsuccess = resolve));
          const transaction = opening.result.transaction(["chunks"], "readwrite");
          transaction.objectStore("chunks").put(new ArrayBuffer(4 * 1024 * 1024), [file, 0]);
          await new Promise((resolve) => (transaction.oncomplete = resolve));
          opening.result.close();
          return 4_500_000;
        }, store);
        assert.equal(torn, 4_500_000);
        const between = files.asked.length;
        await begin(again, install, { url: "/files/torn.gguf" });
        const { result } = await outcome(again);
        assert.equal(result.sha256, sha256(bytes));
        assert.deepEqual(
          files.asked.slice(between).map(({ range, status }) => ({ range, status })),
          [{ range: null, status: 200 }],
        );
        const digest = await again.evaluate(() => window.tools.digest("torn.gguf"));
        assert.equal(digest, sha256(bytes));
        await second.close();
      });
    });

    it("is read by one tab while another removes and replaces it", async () => {
      files.put("shared.gguf", pump);
      const { result, faults } = await inPage(
        async () => {
          const { SenseLM, models } = window.senselm;
          await models.install("/files/shared.gguf");
          const model = await SenseLM.load("shared.gguf");
          await models.install("/files/shared.gguf", { replace: true });
          await models.remove("shared.gguf");
          const channels = model.info.channels.map(() => Array(model.info.min_samples).fill(1));
          const { label } = await model.answer({ channels });
          model.close();
          return { label, kept: await window.tools.kept() };
        },
        undefined,
        prepare,
      );
      assert.equal(typeof result.label, "string");
      assert.deepEqual(result.kept, { files: 0, entries: [], parts: [], chunks: 0 });
      assert.deepEqual(faults, []);
    });

    it("has no room: the load goes on, the install explains", async () => {
      files.put("pump.gguf", pump);
      const context = await browser.newContext();
      const { page, faults } = await openTab(context, prepare);
      const client = await context.newCDPSession(page);
      const quotaSize = 200_000;
      await client.send("Storage.overrideQuotaForOrigin", { origin: server.origin, quotaSize });
      const result = await page.evaluate(async () => ({
        loaded: await window.tools.load("/files/pump.gguf", {}),
        refused: await window.tools.failure(window.senselm.models.install("/files/pump.gguf")),
        kept: await window.tools.kept(),
      }));
      assert.equal(result.loaded.cached, false);
      assert.equal(result.loaded.because, "quota");
      assert.equal(result.loaded.bytes, pump.length);
      assert.equal(result.refused.code, "quota");
      assert.equal(result.refused.name, "StorageError");
      assert.match(
        result.refused.message,
        new RegExp(`takes ${pump.length} bytes and \\d+ are free`),
      );
      assert.deepEqual(result.kept, { files: 0, entries: [], parts: [], chunks: 0 });
      await client.send("Storage.overrideQuotaForOrigin", { origin: server.origin });
      const later = await page.evaluate(() => window.tools.load("/files/pump.gguf", {}));
      assert.equal(later.cached, true);
      assert.deepEqual(faults, []);
      await context.close();
    });

    it("runs out of room midway: nothing is left, and the load goes on", async () => {
      for (const kind of ["load", "install"]) {
        files.put("full.gguf", pump, { stallAt: 100_000 });
        const context = await browser.newContext();
        const { page, faults } = await openTab(context, prepare);
        const client = await context.newCDPSession(page);
        const body = kind === "load" ? "async ({ url }) => window.tools.load(url, {})" : install;
        await begin(page, body, { url: "/files/full.gguf" });
        await files.stalled("full.gguf");
        await noted(page, 1);
        // Less than is there already.
        const override = { origin: server.origin, quotaSize: 1000 };
        await client.send("Storage.overrideQuotaForOrigin", override);
        files.goOn("full.gguf");
        const { result, failure } = await outcome(page);
        await client.send("Storage.overrideQuotaForOrigin", { origin: server.origin });
        if (kind === "load") {
          assert.equal(result.cached, false);
          assert.equal(result.because, "quota");
          assert.equal(result.bytes, pump.length);
        } else {
          assert.equal(failure.code, "quota");
          assert.match(failure.message, /\d+ bytes/);
        }
        const kept = await page.evaluate(() => window.tools.kept());
        assert.deepEqual(kept, { files: 0, entries: [], parts: [], chunks: 0 });
        assert.deepEqual(faults, []);
        await context.close();
      }
    });
  });
}
