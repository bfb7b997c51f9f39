/** The downloads of the model cache: they break off, and servers lie about what they send. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  begin,
  browser,
  files,
  inTab,
  install,
  inWorkers,
  noise,
  openTab,
  outcome,
  pump,
  sha256,
  startAround,
  unable,
} from "./cache-tools.mjs";

startAround();

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
    const { result, faults } = await inTab(async (sha256) => {
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
    const { result } = await inTab(async (sha256) => {
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
      const { result, faults } = await inTab(async () => {
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
    const { result } = await inTab(
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
    const { result, faults } = await inTab(
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
