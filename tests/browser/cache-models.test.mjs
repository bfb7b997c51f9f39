/** The models that a user has installed: their names, their removal, and bad input about them. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  browser,
  files,
  inTab,
  openTab,
  pump,
  server,
  startAround,
  unable,
  withProfile,
} from "./cache-tools.mjs";

startAround();

describe("installed models", { skip: unable }, () => {
  it("have the names they are given, or names of their own", async () => {
    files.put("pump.gguf", pump);
    files.put("b/pump.gguf", pump);
    const { result, faults } = await inTab(async () => {
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
    const { result, faults } = await inTab(async () => {
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
