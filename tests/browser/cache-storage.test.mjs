/** The model cache in each of its stores: what is kept, torn, shared, or has no room. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  begin,
  browser,
  files,
  inTab,
  install,
  noise,
  noted,
  openTab,
  outcome,
  pump,
  server,
  sha256,
  startAround,
  STORES,
  unable,
  withProfile,
} from "./cache-tools.mjs";

startAround();

for (const [store, prepare] of Object.entries(STORES)) {
  describe(`a model that is kept in ${store}`, { skip: unable }, () => {
    it("is loaded without asking the server again", async () => {
      files.put("pump.gguf", pump);
      const before = files.of("pump.gguf").length;
      const { result, faults } = await inTab(
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
      const { result, faults } = await inTab(
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
