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
import {
  cannotRun,
  launch,
  launchWithWebGpu,
  openPackage,
  root,
  servePackage,
  watch,
} from "./support.mjs";

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
        new RegExp(`takes ${pump.length} bytes and fewer are free`),
      );
      assert.deepEqual(result.kept, { files: 0, entries: [], parts: [], chunks: 0 });
      await client.send("Storage.overrideQuotaForOrigin", { origin: server.origin });
      const later = await page.evaluate(() => window.tools.load("/files/pump.gguf", {}));
      assert.equal(later.cached, true);
      assert.deepEqual(faults, []);
      await context.close();
    });

    it("runs out of room midway: nothing is left, and it works once there is room", async () => {
      const bytes = noise(9_000_000, 3);
      files.put("full.gguf", bytes);
      const context = await browser.newContext();
      const { page, faults } = await openTab(context, prepare);
      const client = await context.newCDPSession(page);
      const override = { origin: server.origin, quotaSize: 6_000_000 };
      await client.send("Storage.overrideQuotaForOrigin", override);
      await begin(page, install, { url: "/files/full.gguf" });
      const { failure } = await outcome(page);
      assert.equal(failure.code, "quota");
      assert.equal(failure.name, "StorageError");
      const [[first]] = await page.evaluate(() => window.progress);
      assert.ok(first > 0 && first < bytes.length, "it was refused before it began");
      const kept = await page.evaluate(() => window.tools.kept());
      assert.deepEqual(kept, { files: 0, entries: [], parts: [], chunks: 0 });
      await client.send("Storage.overrideQuotaForOrigin", { origin: server.origin });
      await page.evaluate(() => window.senselm.models.install("/files/full.gguf"));
      const digest = await page.evaluate(() => window.tools.digest("full.gguf"));
      assert.equal(digest, sha256(bytes));
      assert.deepEqual(faults, []);
      await context.close();
    });
  });
}

describe("a download", { skip: unable }, () => {
  const url = "/files/breaks.gguf";
  const bytes = noise(3_000_000, 4);

  /** Puts the file, lets `interrupt` end a first attempt, and makes a second. */
  async function twice(options, interrupt, between = () => undefined) {
    files.put("breaks.gguf", bytes, options);
    const context = await browser.newContext();
    try {
      const { page, faults } = await openTab(context);
      await begin(page, install, { url });
      const first = await interrupt(page);
      const asked = files.asked.length;
      await between(page);
      await begin(page, install, { url });
      const { result, failure } = await outcome(page);
      const digest = result && (await page.evaluate(() => window.tools.digest("breaks.gguf")));
      const kept = await page.evaluate(() => window.tools.kept());
      return { first, result, failure, digest, kept, faults, asked: files.asked.slice(asked) };
    } finally {
      await context.close();
    }
  }

  const cut = {
    cutAt: 2_000_000,
    /** The connection ends before the file does. */
    async interrupt(page) {
      const { failure } = await outcome(page);
      files.change("breaks.gguf", { cutAt: undefined });
      return failure;
    },
  };

  it("goes on after the network was gone", async () => {
    const { first, digest, asked, faults } = await twice({ cutAt: cut.cutAt }, cut.interrupt);
    assert.equal(first.code, "bad_download");
    assert.equal(first.name, "DownloadError");
    assert.equal(digest, sha256(bytes));
    assert.deepEqual(asked, [
      {
        ...{ name: "breaks.gguf", range: "bytes=2000000-", ifRange: '"one"', ifNoneMatch: null },
        status: 206,
      },
    ]);
    // The broken connection is a fault of the test's making.
    assert.deepEqual(
      faults.filter((fault) => !/ERR_|Failed to load/.test(fault)),
      [],
    );
  });

  it("goes on after it was aborted", async () => {
    const abort = async (page) => {
      await page.waitForFunction(() => window.progress.at(-1)?.[0] >= 1_000_000);
      const failure = await page.evaluate(async () => {
        window.controller.abort(new Error("enough"));
        return (await window.outcome).failure;
      });
      files.goOn("breaks.gguf");
      return failure;
    };
    files.put("breaks.gguf", bytes, { stallAt: 1_500_000 });
    const context = await browser.newContext();
    const { page, faults } = await openTab(context);
    await begin(
      page,
      `async ({ url }) => {
        window.controller = new AbortController();
        const { signal } = window.controller;
        return window.senselm.models.install(url, { signal, onProgress: window.onProgress });
      }`,
      { url },
    );
    const failure = await abort(page);
    assert.equal(failure.code, "cancelled");
    assert.equal(failure.name, "AbortError");
    const asked = files.asked.length;
    await begin(page, install, { url });
    const { result } = await outcome(page);
    assert.equal(result.sha256, sha256(bytes));
    const [{ range, status }] = files.asked.slice(asked);
    assert.equal(status, 206);
    assert.match(range, /^bytes=[1-9]\d*-$/);
    assert.deepEqual(faults, []);
    await context.close();
  });

  it("goes on with the date of a file that has only a weak ETag", async () => {
    const modified = "Wed, 01 Jan 2025 00:00:00 GMT";
    const options = { cutAt: cut.cutAt, etag: 'W/"one"', modified };
    const { digest, asked } = await twice(options, cut.interrupt);
    assert.equal(digest, sha256(bytes));
    assert.equal(asked[0].ifRange, modified);
    assert.equal(asked[0].status, 206);
  });

  /** What leaves nothing to go on with. */
  const anew = {
    "a server that knows no ranges": [{ ranges: false }, {}, [["bytes=2000000-", 200]]],
    "a file without a validator": [{ etag: null }, {}, [[null, 200]]],
    "a file that has changed": [{}, { etag: '"two"' }, [["bytes=2000000-", 200]]],
    "a range that is refused": [
      {},
      { refuseRanges: true },
      [
        ["bytes=2000000-", 416],
        [null, 200],
      ],
    ],
    "a range that is another one": [
      {},
      { contentRange: "bytes 1999999-2999999/3000001" },
      [
        ["bytes=2000000-", 206],
        [null, 200],
      ],
    ],
  };
  for (const [name, [options, change, expected]] of Object.entries(anew)) {
    it(`begins anew with ${name}`, async () => {
      const { result, digest, asked, kept } = await twice(
        { cutAt: cut.cutAt, ...options },
        cut.interrupt,
        () => files.change("breaks.gguf", change),
      );
      assert.deepEqual(
        asked.map(({ range, status }) => [range, status]),
        expected,
      );
      assert.equal(digest, sha256(bytes));
      assert.equal(result.bytes, bytes.length);
      assert.equal(kept.files, 1);
      assert.deepEqual(kept.parts, []);
    });
  }

  it("gets the new file where it has changed meanwhile", async () => {
    const other = noise(2_500_000, 5);
    const { digest, result } = await twice({ cutAt: cut.cutAt }, cut.interrupt, () =>
      files.put("breaks.gguf", other, { etag: '"two"' }),
    );
    assert.equal(digest, sha256(other));
    assert.equal(result.etag, '"two"');
  });

  it("of which only the entry was missing is not asked for again", async () => {
    // All bytes are there, and the tab dies before it can say so.
    files.put("breaks.gguf", bytes, { cutAt: cut.cutAt });
    const context = await browser.newContext();
    const { page } = await openTab(context);
    await begin(page, install, { url });
    await cut.interrupt(page);
    const expected = sha256(bytes);
    await page.evaluate(
      async ({ tail, expected }) => {
        const { parts } = await window.tools.kept();
        const handle = await (await window.tools.folder()).getFileHandle(parts[0].file);
        const writable = await handle.createWritable({ keepExistingData: true });
        const data = Uint8Array.from(atob(tail), (c) => c.charCodeAt(0));
        await writable.write({ type: "write", position: 2_000_000, data });
        await writable.close();
        const opening = indexedDB.open("senselm-models");
        await new Promise((resolve) => (opening.onsuccess = resolve));
        const transaction = opening.result.transaction(["parts"], "readwrite");
        const whole = { ...parts[0], bytes: 3_000_000, sha256: expected };
        transaction.objectStore("parts").put(whole);
        await new Promise((resolve) => (transaction.oncomplete = resolve));
        opening.result.close();
      },
      { tail: bytes.subarray(2_000_000).toString("base64"), expected },
    );
    const asked = files.asked.length;
    await begin(page, install, { url });
    const { result } = await outcome(page);
    assert.equal(result.sha256, expected);
    assert.equal(files.asked.length, asked);
    await context.close();
  });

  it("with a wrong hash is told of, and leaves nothing", async () => {
    files.put("pump.gguf", pump);
    const wrong = "0".repeat(64);
    const { result, faults } = await inPage(async (sha256) => {
      const { failure, kept } = window.tools;
      const { SenseLM, models } = window.senselm;
      const url = "/files/pump.gguf";
      return {
        load: await failure(SenseLM.load(url, { sha256 })),
        uncached: await failure(SenseLM.load(url, { sha256, cache: "none" })),
        install: await failure(models.install(url, { sha256 })),
        file: await failure(models.install(new Blob(["GGUF"]), { sha256 })),
        kept: await kept(),
      };
    }, wrong);
    for (const failure of [result.load, result.uncached, result.install]) {
      assert.equal(failure.code, "bad_hash");
      assert.equal(failure.name, "DownloadError");
      assert.match(failure.message, new RegExp(wrong));
      assert.match(failure.message, new RegExp(sha256(pump)));
    }
    assert.equal(result.file.code, "bad_hash");
    assert.deepEqual(result.kept, { files: 0, entries: [], parts: [], chunks: 0 });
    assert.deepEqual(faults, []);
  });

  it("with the right hash is kept, and another hash fetches it anew", async () => {
    files.put("pump.gguf", pump);
    const asked = files.asked.length;
    const { result } = await inPage(async (sha256) => {
      const { load, failure } = window.tools;
      const url = "/files/pump.gguf";
      const first = await load(url, { sha256 });
      const second = await load(url, { sha256: sha256.toUpperCase() });
      const other = await failure(window.senselm.SenseLM.load(url, { sha256: "1".repeat(64) }));
      const [{ sha256: kept }] = await window.senselm.models.list();
      return { first, second, other, kept };
    }, sha256(pump));
    assert.equal(result.first.cached, true);
    assert.equal(result.second.cached, true);
    assert.equal(result.other.code, "bad_hash");
    assert.equal(result.kept, sha256(pump), "the one that was there stays");
    assert.equal(files.asked.length - asked, 2);
  });

  it("that is compressed, or of unknown length, is kept", async () => {
    for (const how of ["gzip", "chunked"]) {
      files.put("pump.gguf", pump, { how });
      const { result, faults } = await inPage(async () => {
        const first = await window.tools.load("/files/pump.gguf", {});
        await window.senselm.models.remove((await window.senselm.models.list())[0].name);
        await window.senselm.models.install("/files/pump.gguf");
        const second = await window.tools.load("pump.gguf", {});
        return { first, second, digest: await window.tools.digest("pump.gguf") };
      });
      assert.equal(result.first.cached, true);
      assert.deepEqual(result.second, result.first);
      assert.equal(result.digest, sha256(pump));
      assert.deepEqual(faults, []);
    }
  });

  it("that is too short, too long, or no model leaves nothing", async () => {
    const page_ = Buffer.from("<!doctype html><title>Not found</title>");
    files.put("short.gguf", pump.subarray(0, 1000), {
      announce: pump.length,
      cutAt: 900,
      etag: null,
    });
    files.put("long.gguf", pump, { announce: 1000 });
    files.put("page.gguf", page_, { type: "text/html" });
    files.put("half.gguf", pump.subarray(0, pump.length / 2));
    const { result } = await inPage(
      async (names) => {
        const { failure, kept } = window.tools;
        const { SenseLM, models } = window.senselm;
        const codes = {};
        for (const name of names) {
          const load = await failure(SenseLM.load(`/files/${name}.gguf`));
          const { entries, parts } = await kept();
          codes[name] = { load: load.code, entries: entries.length, parts: parts.length };
        }
        const page = await failure(models.install("/files/page.gguf"));
        const missing = await failure(models.install("/files/missing.gguf"));
        return { codes, page, missing, kept: await kept() };
      },
      ["short", "long", "page", "half", "missing"],
    );
    const none = { entries: 0, parts: 0 };
    assert.deepEqual(result.codes, {
      short: { load: "bad_download", ...none },
      long: { load: "bad_model", ...none },
      page: { load: "bad_model", ...none },
      half: { load: "bad_model", ...none },
      missing: { load: "bad_download", ...none },
    });
    assert.equal(result.page.code, "bad_model");
    assert.match(result.page.message, /GGUF/);
    assert.equal(result.missing.code, "bad_download");
    assert.match(result.missing.message, /404/);
    assert.deepEqual(result.kept, { files: 0, entries: [], parts: [], chunks: 0 });
  });

  it("that the browser knows to have no room is not begun", async () => {
    files.put("pump.gguf", pump);
    const full = inWorkers(
      "StorageManager.prototype.estimate = async () => ({ quota: 200000, usage: 50000 });",
    );
    const { result, faults } = await inPage(
      async () => {
        const refused = await window.tools.failure(
          window.senselm.models.install("/files/pump.gguf"),
        );
        const loaded = await window.tools.load("/files/pump.gguf", {});
        return { refused, loaded, kept: await window.tools.kept() };
      },
      undefined,
      full,
    );
    assert.equal(result.refused.code, "quota");
    assert.match(result.refused.message, new RegExp(`${pump.length} bytes and 150000 are free`));
    assert.match(result.refused.message, /models\.remove/);
    assert.equal(result.loaded.because, "quota");
    assert.deepEqual(result.kept, { files: 0, entries: [], parts: [], chunks: 0 });
    assert.deepEqual(faults, []);
  });
});

describe("several tabs", { skip: unable }, () => {
  const load = `async ({ url }) => window.tools.load(url, { onProgress: window.onProgress })`;

  for (const [store, prepare] of Object.entries(STORES)) {
    it(`share one download into ${store}`, async () => {
      files.put("both.gguf", pump, { stallAt: 150_000 });
      const asked = files.asked.length;
      const context = await browser.newContext();
      const tabs = [];
      for (const body of [load, load, install]) {
        const tab = await openTab(context, prepare);
        tabs.push(tab);
        await begin(tab.page, body, { url: "/files/both.gguf" });
        await files.stalled("both.gguf");
        // Who waits hears how it goes.
        await tab.page.waitForFunction(() => window.progress.length > 0);
      }
      const heard = await tabs[2].page.evaluate(() => window.progress[0]);
      assert.deepEqual(heard, [150_000, pump.length]);
      files.goOn("both.gguf");
      const outcomes = await Promise.all(tabs.map(({ page }) => outcome(page)));
      for (const { result } of outcomes) {
        assert.equal(result.bytes, pump.length);
      }
      assert.equal(files.asked.length - asked, 1);
      const listed = await tabs[0].page.evaluate(() => window.senselm.models.list());
      assert.deepEqual(
        listed.map(({ name }) => name),
        ["both.gguf"],
        "the install gave it its name",
      );
      for (const { faults } of tabs) {
        assert.deepEqual(faults, []);
      }
      await context.close();
    });

    it(`go on where the one that is closed was, in ${store}`, async () => {
      const bytes = noise(8_000_000, 6);
      files.put("closed.gguf", bytes, { stallAt: 5_000_000 });
      const asked = files.asked.length;
      const context = await browser.newContext();
      const first = await openTab(context, prepare);
      await begin(first.page, install, { url: "/files/closed.gguf" });
      await files.stalled("closed.gguf");
      const second = await openTab(context, prepare);
      await begin(second.page, install, { url: "/files/closed.gguf" });
      await noted(second.page, 5_000_000);
      files.change("closed.gguf", { stallAt: undefined });
      await first.page.close();
      const { result } = await outcome(second.page);
      assert.equal(result.sha256, sha256(bytes));
      assert.deepEqual(
        files.asked.slice(asked).map(({ range, status }) => [range, status]),
        [
          [null, 200],
          ["bytes=5000000-", 206],
        ],
      );
      const digest = await second.page.evaluate(() => window.tools.digest("closed.gguf"));
      assert.equal(digest, sha256(bytes));
      assert.deepEqual(second.faults, []);
      await context.close();
    });
  }

  it("two loads in one share a download too", async () => {
    files.put("pump.gguf", pump);
    const asked = files.asked.length;
    const { result, faults } = await inPage(() =>
      Promise.all([1, 2].map(() => window.tools.load("/files/pump.gguf", {}))),
    );
    assert.deepEqual(result[0], result[1]);
    assert.equal(result[0].cached, true);
    assert.equal(files.asked.length - asked, 1);
    assert.deepEqual(faults, []);
  });

  it("download both where the browser has no locks", async () => {
    const prepare = inWorkers(WITHOUT.locks);
    files.put("pump.gguf", pump);
    const { result, faults } = await inPage(
      async () => {
        const loads = [1, 2].map(() => window.tools.load("/files/pump.gguf", {}));
        const loaded = await Promise.all(loads);
        const listed = await window.senselm.models.list();
        const { digest } = window.tools;
        return { loaded, digests: await Promise.all(listed.map(({ name }) => digest(name))) };
      },
      undefined,
      prepare,
    );
    for (const { cached, bytes } of result.loaded) {
      assert.deepEqual({ cached, bytes }, { cached: true, bytes: pump.length });
    }
    assert.deepEqual(result.digests, [sha256(pump)]);
    assert.deepEqual(faults, []);
  });

  it("cannot remove what one is reading at this moment", async () => {
    files.put("pump.gguf", pump);
    const { result, faults } = await inPage(async () => {
      const { models } = window.senselm;
      await models.install("/files/pump.gguf");
      const { entries } = await window.tools.kept();
      let release;
      const reading = new Promise((resolve) => (release = resolve));
      // As a load does that the browser has stopped in the middle.
      const name = `senselm file ${entries[0].file}`;
      const held = navigator.locks.request(name, { mode: "shared" }, () => reading);
      const refused = await window.tools.failure(models.remove("pump.gguf"));
      const still = await models.has("pump.gguf");
      const loads = await window.tools.load("pump.gguf", {});
      release();
      await held;
      await models.remove("pump.gguf");
      return { refused, still, loads: loads.cached, kept: await window.tools.kept() };
    });
    assert.equal(result.refused.code, "in_use");
    assert.equal(result.refused.name, "StorageError");
    assert.equal(result.still, true);
    assert.equal(result.loads, true);
    assert.deepEqual(result.kept, { files: 0, entries: [], parts: [], chunks: 0 });
    assert.deepEqual(faults, []);
  });
});

describe("a load", { skip: unable }, () => {
  it("asks or does not ask the server, as its mode says", async () => {
    const url = "/files/modes.gguf";
    // The next version, which is another one by a single weight.
    const other = Buffer.from(pump);
    other[other.length - 1] ^= 1;
    files.put("modes.gguf", pump);
    const context = await browser.newContext();
    const { page, faults } = await openTab(context);
    /** What a load gives, and what it asked for. */
    const load = async (cache, source = url) => {
      const before = files.asked.length;
      const loaded = await page.evaluate(
        ({ source, cache }) =>
          window.tools.load(source, { cache }).catch(({ code }) => ({ failed: code })),
        { source, cache },
      );
      const { cached = null, failed = null } = loaded;
      const asked = files.asked.slice(before);
      const [entry] = await page.evaluate(() => window.senselm.models.list());
      return {
        ...{ cached, failed, kept: entry?.sha256 ?? null },
        asked: asked.map(({ status, ifNoneMatch }) => [status, ifNoneMatch]),
      };
    };
    const was = { cached: true, failed: null, kept: sha256(pump) };
    const is = { cached: true, failed: null, kept: sha256(other) };
    const failed = { cached: null, failed: "bad_download" };
    const none = { cached: false, failed: null, kept: null };
    assert.deepEqual(await load("none"), { ...none, asked: [[200, null]] });
    assert.deepEqual(await load("revalidate"), { ...was, asked: [[200, null]] });
    assert.deepEqual(await load("prefer"), { ...was, asked: [] });
    assert.deepEqual(await load("revalidate"), { ...was, asked: [[304, '"one"']] });
    files.put("modes.gguf", other, { etag: '"two"' });
    assert.deepEqual(await load("prefer"), { ...was, asked: [] });
    assert.deepEqual(await load("revalidate"), { ...is, asked: [[200, '"one"']] });
    assert.deepEqual(await load("reload"), { ...is, asked: [[200, null]] });
    files.put("modes.gguf", other, { status: 503 });
    assert.deepEqual(await load("revalidate"), { ...is, asked: [[503, '"two"']] });
    assert.deepEqual(await load("reload"), { ...is, ...failed, asked: [[503, null]] });
    assert.deepEqual(await load("prefer"), { ...is, asked: [] });
    files.down = true;
    assert.deepEqual(await load("prefer"), { ...is, asked: [] });
    assert.deepEqual(await load("revalidate"), { ...is, asked: [] });
    assert.equal((await load("none")).failed, "bad_download");
    assert.equal((await load("prefer", "/files/unknown.gguf")).failed, "bad_download");
    files.down = false;
    const kept = await page.evaluate(() => window.tools.kept());
    assert.equal(kept.files, 1, "older versions are gone");
    assert.equal((await load("sometimes")).failed, "bad_input");
    // Of a server that fails or is not there the browser tells by itself.
    assert.deepEqual(
      faults.filter((fault) => !/ERR_|Failed to load/.test(fault)),
      [],
    );
    await context.close();
  });

  it("that measures two backends downloads once", async () => {
    files.put("pump.gguf", pump);
    const asked = files.asked.length;
    // A model that is large enough to try a GPU for, as far as the page is told.
    const large = inWorkers(`
      const post = self.postMessage.bind(self);
      self.postMessage = (message, options) => {
        const progress = { loaded: 5e6, total: 5e6 };
        post(message.progress ? { ...message, progress } : message, options);
      };
    `);
    const other = await launchWithWebGpu();
    try {
      const { page, faults } = await openTab(await other.newContext(), async (page) => {
        await large(page);
        // SwiftShader as if it were a GPU.
        await page.addInitScript(() => {
          const get = () => false;
          Object.defineProperty(GPUAdapterInfo.prototype, "isFallbackAdapter", { get });
        });
      });
      const result = await page.evaluate(async () => {
        const { SenseLM } = window.senselm;
        const measured = [];
        SenseLM.prototype.measure = async function () {
          measured.push(this.backend);
          return { question_ms: this.backend === "cpu" ? 1000 : 10 };
        };
        const model = await SenseLM.load("/files/pump.gguf", { cache: "reload" });
        const { backend, cached } = model;
        model.close();
        return { measured, backend, cached };
      });
      assert.deepEqual(result, { measured: ["cpu", "gpu"], backend: "gpu", cached: true });
      assert.equal(files.asked.length - asked, 1);
      assert.deepEqual(faults, []);
    } finally {
      await other.close();
    }
  });

  it("does without a cache where the browser keeps nothing", async () => {
    files.put("pump.gguf", pump);
    const { result, faults } = await inPage(
      async () => {
        const { failure, load } = window.tools;
        const { models } = window.senselm;
        return {
          loaded: await load("/files/pump.gguf", {}),
          install: await failure(models.install("/files/pump.gguf")),
          list: await failure(models.list()),
        };
      },
      undefined,
      inWorkers(WITHOUT.storage),
    );
    assert.equal(result.loaded.bytes, pump.length);
    assert.equal(result.loaded.cached, false);
    assert.equal(result.loaded.because, "no_storage");
    for (const failure of [result.install, result.list]) {
      assert.equal(failure.code, "no_storage");
      assert.equal(failure.cause, "SecurityError");
    }
    assert.deepEqual(faults, []);
  });

  for (const what of ["refused", "sharedHandles"]) {
    it(`works with less of OPFS: ${what}`, async () => {
      files.put("pump.gguf", pump);
      const { result, faults } = await inPage(
        async () => {
          await window.tools.load("/files/pump.gguf", {});
          const loaded = await window.tools.load("/files/pump.gguf", {});
          return { loaded, store: (await window.senselm.models.usage()).store };
        },
        undefined,
        inWorkers(WITHOUT[what]),
      );
      assert.equal(result.loaded.cached, true);
      assert.equal(result.store, what === "refused" ? "indexeddb" : "opfs");
      assert.deepEqual(faults, []);
    });
  }

  it("fetches anew what has lost its bytes, or is no model any more", async () => {
    files.put("pump.gguf", pump);
    const { result } = await inPage(async () => {
      const { folder, kept, load, failure } = window.tools;
      const url = "/files/pump.gguf";
      await load(url, {});
      const { entries } = await kept();
      await (await folder()).removeEntry(entries[0].file);
      const lost = await load(url, {});
      const [{ file, bytes }] = (await kept()).entries;
      const handle = await (await folder()).getFileHandle(file);
      const writable = await handle.createWritable();
      await writable.write(new Uint8Array(bytes));
      await writable.close();
      const zeros = await failure(window.senselm.SenseLM.load(url));
      const again = await load(url, {});
      return { lost, zeros: zeros.code, again, kept: (await kept()).files };
    });
    assert.equal(result.lost.cached, true);
    assert.equal(result.zeros, "bad_model");
    assert.equal(result.again.cached, true);
    assert.equal(result.kept, 1);
  });
});

describe("installed models", { skip: unable }, () => {
  it("have the names they are given, or names of their own", async () => {
    files.put("pump.gguf", pump);
    files.put("b/pump.gguf", pump);
    const { result, faults } = await inPage(async () => {
      const { models } = window.senselm;
      const { failure, load, kept } = window.tools;
      const names = [];
      const install = async (source, options) => {
        names.push((await models.install(source, options)).name);
      };
      await install("/files/pump.gguf");
      await install("/files/pump.gguf");
      await install("/files/b/pump.gguf");
      const bytes = await (await fetch("/files/pump.gguf")).blob();
      await install(bytes);
      await install(new File([bytes], "pump.gguf"));
      await install(new File([bytes], "../..\\\u202e.gguf"));
      await install(bytes, { name: "Pumpe 3 — مضخة 🚰" });
      const taken = await failure(models.install(bytes, { name: "model" }));
      const last = new Uint8Array(await bytes.slice(-1).arrayBuffer());
      const other = new Blob([bytes.slice(0, -1), Uint8Array.of(last[0] ^ 1)]);
      await install(other, { name: "model", replace: true });
      const hashes = new Set((await models.list()).map(({ sha256 }) => sha256)).size;
      const loaded = [await load(names.at(-2), {}), await load("model", {})];
      const reload = await failure(window.senselm.SenseLM.load("model", { cache: "reload" }));
      const before = (await kept()).files;
      const sizes = [before, await models.usage()];
      for (const { name } of await models.list()) {
        await models.remove(name);
      }
      const gone = await failure(models.remove("model"));
      const left = await models.list();
      return { hashes, names, taken, loaded, reload, sizes, gone, left, kept: await kept() };
    });
    assert.deepEqual(result.names, [
      ...["pump.gguf", "pump.gguf", "pump-2.gguf", "model", "pump-3.gguf", ".._..__.gguf"],
      ...["Pumpe 3 — مضخة 🚰", "model"],
    ]);
    assert.equal(result.taken.code, "in_use");
    assert.equal(result.loaded[0].bytes, pump.length);
    assert.equal(result.loaded[1].bytes, pump.length);
    assert.equal(result.hashes, 2, "the model was replaced");
    assert.equal(result.reload.code, "bad_input");
    assert.equal(result.sizes[0], 6);
    assert.equal(result.sizes[1].models, 6 * pump.length);
    assert.equal(result.gone.code, "not_cached");
    assert.match(result.gone.message, /models\.list/);
    assert.deepEqual(result.left, []);
    assert.deepEqual(result.kept, { files: 0, entries: [], parts: [], chunks: 0 });
    assert.deepEqual(faults, []);
  });

  it("are gone when the user clears the site's data, and can be installed again", async () => {
    files.put("pump.gguf", pump);
    await withProfile(async (open) => {
      const context = await open();
      const { page, faults } = await openTab(context);
      const client = await context.newCDPSession(page);
      const install = () => page.evaluate(() => window.senselm.models.install("/files/pump.gguf"));
      await install();
      const { origin } = server;
      await client.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
      assert.deepEqual(await page.evaluate(() => window.senselm.models.list()), []);
      await install();
      const loaded = await page.evaluate(() => window.tools.load("pump.gguf", {}));
      assert.equal(loaded.cached, true);
      assert.deepEqual(faults, []);
      await context.close();
    });
  });

  it("have no hostile names, and nothing else that is not what it should be", async () => {
    const { result, faults } = await inPage(async () => {
      const { models, SenseLM } = window.senselm;
      const { failure } = window.tools;
      const file = new Blob(["GGUF"]);
      const names = [
        ...["", " ", ".", "..", "a/b", "a\\b", "../x", "https://x", "data:x", "a\u0000b", "a\nb"],
        ...["\u202egnp", "\ud800", " a", "a ", "x".repeat(129), 5, {}, []],
      ];
      const codes = [];
      for (const name of names) {
        codes.push((await failure(models.install(file, { name })))?.code ?? name);
      }
      const fine = [];
      for (const name of ["__proto__", "constructor", "x".repeat(128), "a:b".replace(":", " ")]) {
        fine.push((await models.install(file, { name })).name === name && (await models.has(name)));
      }
      const calls = {
        number: failure(models.install(5)),
        nothing: failure(models.install(undefined)),
        data: failure(models.install("data:,GGUF")),
        address: failure(models.install("http://[")),
        load: failure(SenseLM.load("http://[")),
        hash: failure(models.install(file, { sha256: "abc" })),
        loadHash: failure(SenseLM.load("/models/pump.gguf", { sha256: 5 })),
        has: failure(models.has(5)),
        remove: failure(models.remove({})),
        closure: failure(models.install(file, { name: () => "x" })),
      };
      const others = {};
      for (const [name, call] of Object.entries(calls)) {
        others[name] = (await call)?.code;
      }
      return { names, codes, fine, others, unknown: await models.has("unknown") };
    });
    assert.deepEqual(new Set(result.codes), new Set(["bad_input"]), JSON.stringify(result.codes));
    assert.deepEqual(result.fine, [true, true, true, true]);
    assert.deepEqual(new Set(Object.values(result.others)), new Set(["bad_input"]));
    assert.equal(result.unknown, false);
    assert.deepEqual(faults, []);
  });

  it("are listed without the runtime, and kept if the browser agrees", async () => {
    const context = await browser.newContext();
    const { page } = await openTab(context);
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const result = await page.evaluate(async () => {
      const { models } = window.senselm;
      return { list: await models.list(), persist: await models.persist() };
    });
    assert.deepEqual(result.list, []);
    assert.equal(typeof result.persist, "boolean");
    assert.ok(asked.includes("/web/dist/cache-worker.js"));
    assert.ok(!asked.some((path) => path.includes("wasm")), `${asked}`);
    await context.close();
  });
});
