/** What a load takes from the model cache or the server, and what it does without a cache. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  browser,
  files,
  inTab,
  inWorkers,
  openTab,
  pump,
  sha256,
  startAround,
  unable,
  WITHOUT,
} from "./cache-tools.mjs";
import { asGpu, launchWithWebGpu } from "./support.mjs";

startAround();

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
    // What a worker that ended at once could not clear away another load does.
    let kept;
    for (let tries = 0; tries < 50 && kept?.files !== 1; tries += 1) {
      assert.equal((await load("prefer")).failed, null);
      kept = await page.evaluate(() => window.tools.kept());
    }
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
        await asGpu(page);
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
    const { result, faults } = await inTab(
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
      const { result, faults } = await inTab(
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
    const { result } = await inTab(async () => {
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
