/** The model cache in several tabs at once: they share downloads, and leave each other whole. */

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
  noted,
  openTab,
  outcome,
  pump,
  sha256,
  startAround,
  STORES,
  unable,
  WITHOUT,
} from "./cache-tools.mjs";

startAround();

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
    const { result, faults } = await inTab(() =>
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
    const { result, faults } = await inTab(
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
    const { result, faults } = await inTab(async () => {
      const { models } = window.senselm;
      await models.install("/files/pump.gguf");
      const { entries } = await window.tools.kept();
      const release = await window.tools.reading(entries[0].file);
      const refused = await window.tools.failure(models.remove("pump.gguf"));
      const still = await models.has("pump.gguf");
      const loads = await window.tools.load("pump.gguf", {});
      await release();
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

  it("load what a removal waits for", async () => {
    files.put("pump.gguf", pump);
    const { result, faults } = await inTab(async () => {
      const { models } = window.senselm;
      await models.install("/files/pump.gguf");
      const { entries } = await window.tools.kept();
      const release = await window.tools.reading(entries[0].file);
      const removal = window.tools.failure(models.remove("pump.gguf"));
      const loading = window.tools.load("pump.gguf", {});
      let refused;
      removal.then((failure) => (refused = failure.code));
      const found = [];
      while (refused === undefined) {
        found.push(await models.has("pump.gguf"));
      }
      const { cached } = await loading;
      await release();
      return { found: found.every(Boolean), cached, refused };
    });
    assert.deepEqual(result, { found: true, cached: true, refused: "in_use" });
    assert.deepEqual(faults, []);
  });
});
