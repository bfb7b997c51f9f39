/** What every call has: texts that stream, signals that end them, errors that say what to do. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { cannotRun, inPage, launch, root, servePackage } from "./support.mjs";

let browser, plain, isolated;

before(async () => {
  if (!cannotRun()) {
    browser = await launch();
    plain = await servePackage({ isolated: false });
    isolated = await servePackage({ isolated: true });
  }
});

after(async () => {
  await browser?.close();
  plain?.close();
  isolated?.close();
});

describe("texts", { skip: cannotRun() }, () => {
  const LONG = { max_tokens: 100, ignore_end: true };

  it("stream, and are what the pieces add up to", async () => {
    const { result } = await inPage(browser, plain, async () => {
      const model = await window.senselm.SenseLM.load("/golden/tiny-f32.gguf");
      const text = model.generate("A pump", { max_tokens: 24, ignore_end: true });
      const pieces = [];
      for await (const piece of text) {
        pieces.push(piece);
      }
      return { pieces, text: await text.result };
    });
    assert.equal(result.pieces.join(""), result.text.text);
    assert.ok(result.pieces.length > 3);
    assert.equal(result.text.tokens.length, 24);
    assert.equal(result.text.stopped_by, "max_tokens");
  });

  it("lose nothing in a slow loop, and are the same without a loop", async () => {
    const { result, faults } = await inPage(browser, plain, async () => {
      const model = await window.senselm.SenseLM.load("/golden/tiny-f32.gguf");
      const options = { max_tokens: 24, ignore_end: true };
      const { text: whole } = await model.generate("A pump", options).result;
      const text = model.generate("A pump", options);
      let slow = "";
      for await (const piece of text) {
        // The worker is done with the text before the second piece is taken.
        await text.result;
        slow += piece;
      }
      return { whole, slow };
    });
    assert.ok(result.whole.length > 0);
    assert.equal(result.slow, result.whole);
    assert.deepEqual(faults, []);
  });

  it("are iterated once", async () => {
    const { result, faults } = await inPage(browser, plain, async () => {
      const model = await window.senselm.SenseLM.load("/golden/tiny-f32.gguf");
      const text = model.generate("A pump", { max_tokens: 4 });
      const read = async () => {
        let pieces = "";
        for await (const piece of text) {
          pieces += piece;
        }
        return pieces;
      };
      const first = await read();
      const error = await read().catch((error) => error);
      const { text: whole } = await text.result;
      return { same: first === whole, code: error.code, message: error.message };
    });
    assert.equal(result.same, true);
    assert.equal(result.code, "bad_input");
    assert.match(result.message, /once/);
    assert.deepEqual(faults, []);
  });

  it("say what is wrong in the loop and in the result, and reject nothing unheard", async () => {
    const { result, faults } = await inPage(browser, plain, async () => {
      const model = await window.senselm.SenseLM.load("/golden/tiny-f32.gguf");
      const looped = async (text) => {
        for await (const piece of text) {
          throw new Error(`a piece came: ${piece}`);
        }
      };
      const bad = { max_tokens: -1 };
      const inLoop = await window.codeOf(looped(model.generate("A", bad)));
      const inResult = await window.codeOf(model.generate("A", bad).result);
      model.generate("A", bad);
      // What nobody heard of would be told as uncaught by now.
      await model.tokenize("later");
      await new Promise((resolve) => setTimeout(resolve));
      return { inLoop, inResult };
    });
    assert.deepEqual(result, { inLoop: "bad_option", inResult: "bad_option" });
    assert.deepEqual(faults, []);
  });

  for (const name of ["isolated", "plain"]) {
    const server = () => (name === "isolated" ? isolated : plain);

    it(`end with their signal on a ${name} page`, async () => {
      const { result, faults } = await inPage(
        browser,
        server(),
        async (options) => {
          const model = await window.senselm.SenseLM.load("/golden/tiny-f32.gguf");
          const controller = new AbortController();
          const { signal } = controller;
          const text = model.generate("A", { ...options, signal });
          const pieces = [];
          const loop = async () => {
            for await (const piece of text) {
              pieces.push(piece);
              controller.abort(new Error("enough"));
            }
          };
          const error = await loop().catch((error) => error);
          const tokens = await model.tokenize("still there");
          return {
            pieces: pieces.length,
            code: error.code,
            name: error.name,
            cause: error.cause?.message,
            isCancelled: error instanceof window.senselm.CancelledError,
            result: await window.codeOf(text.result),
            alive: tokens.length > 0,
            shared: crossOriginIsolated,
          };
        },
        LONG,
      );
      assert.deepEqual(result, {
        pieces: 1,
        code: "cancelled",
        name: "AbortError",
        cause: "enough",
        isCancelled: true,
        result: "cancelled",
        alive: true,
        shared: name === "isolated",
      });
      assert.deepEqual(faults, []);
    });

    it(`end where their loop is left on a ${name} page`, async () => {
      const { result, faults } = await inPage(
        browser,
        server(),
        async (options) => {
          const model = await window.senselm.SenseLM.load("/golden/tiny-f32.gguf");
          const left = {};
          const broken = model.generate("A", options);
          for await (const piece of broken) {
            left.piece = piece.length > 0;
            break;
          }
          left.broken = await window.codeOf(broken.result);
          const thrown = model.generate("A", options);
          const loop = async () => {
            for await (const piece of thrown) {
              throw new RangeError(piece);
            }
          };
          left.thrower = await loop().catch((error) => error.name);
          left.thrown = await window.codeOf(thrown.result);
          left.alive = (await model.tokenize("still there")).length > 0;
          return left;
        },
        LONG,
      );
      const expected = {
        piece: true,
        broken: "cancelled",
        thrower: "RangeError",
        thrown: "cancelled",
      };
      assert.deepEqual(result, { ...expected, alive: true });
      assert.deepEqual(faults, []);
    });
  }
});

describe("errors", { skip: cannotRun() }, () => {
  it("are of the class of their code, and bring their causes across", async () => {
    const { result } = await inPage(browser, plain, async () => {
      const { SenseLM, ...classes } = window.senselm;
      const model = await SenseLM.load("/golden/tiny-f32.gguf");
      const calls = {
        window: () => model.answer({}),
        noise: () => SenseLM.load(new Uint8Array(4096).fill(7).buffer),
        missing: () => SenseLM.load("/models/none.gguf"),
        unreachable: () => SenseLM.load("http://127.0.0.1:1/model.gguf"),
        short: () => SenseLM.load("/short.gguf"),
        stopped: () => model.logits([1], { signal: AbortSignal.abort() }),
        unsendable: () => model.answer({ channels: [() => 1] }),
      };
      const found = {};
      const names = ["InputError", "ModelError", "DownloadError", "CancelledError"];
      for (const [name, call] of Object.entries(calls)) {
        const error = await call().catch((error) => error);
        found[name] = {
          is: names.filter((name) => error instanceof classes[name]),
          base: error instanceof classes.SenseLMError && error instanceof Error,
          cause: error.cause instanceof Error ? error.cause.name : null,
        };
      }
      return found;
    });
    const is = (name, cause = null) => ({ is: [name], base: true, cause });
    assert.deepEqual(result, {
      window: is("InputError"),
      noise: is("ModelError"),
      missing: is("DownloadError"),
      unreachable: is("DownloadError", "TypeError"),
      short: is("DownloadError", "TypeError"),
      stopped: is("CancelledError", "AbortError"),
      unsendable: is("InputError", "DataCloneError"),
    });
  });

  it("name the option that there is not, and what there is", async () => {
    const { result, faults } = await inPage(browser, plain, async () => {
      const { models, SenseLM } = window.senselm;
      const model = await SenseLM.load("/models/pump.gguf");
      const csv = (text = "time_s,suction\n0,1\n") => new TextEncoder().encode(text).buffer;
      const said = async (call) => {
        const error = await call.catch((error) => error);
        return `${error.name} ${error.code}: ${error.message}`;
      };
      const source = "/golden/tiny-f32.gguf";
      return {
        backend: await said(SenseLM.load(source, { backend: "tpu" })),
        load: await said(SenseLM.load(source, { gpu_math: "exact" })),
        csv: await said(model.readCsv(csv(), { header_line: 1 })),
        install: await said(models.install(source, { overwrite: true })),
        delimiter: await said(model.readCsv(csv(), { delimiter: "dot" })),
        times: await said(model.readCsv(csv(), { times: "dym" })),
        rate: await said(model.readCsv(csv(), { rateHz: 0 })),
        sent: await said(model.answer({ channels: [() => 1] })),
        undefined: await window.codeOf(
          SenseLM.load(source, { kernels: undefined, other: undefined }),
        ),
      };
    });
    const says = (name, ...parts) => {
      for (const part of parts) {
        assert.ok(result[name].includes(part), `${name}: ${result[name]}`);
      }
    };
    says("backend", "InputError bad_option", "auto, cpu or gpu");
    says("load", "InputError bad_option", "no option gpu_math", "gpuMath", "onBackendChange");
    says("csv", "InputError bad_option", "no option header_line", "headerLine, rateHz");
    says("install", "InputError bad_option", "no option overwrite", "name, sha256, replace");
    says("delimiter", "InputError bad_option", "comma, semicolon, tab, pipe or space");
    says("times", "InputError bad_option", "days, ymd, dmy, mdy or clock");
    says("rate", "InputError bad_option", "rateHz", "above 0");
    says("sent", "InputError bad_input", "numbers, strings", "plain objects and arrays");
    assert.equal(result.undefined, "no error");
    assert.deepEqual(faults, []);
  });

  it("list the choices that there are", async () => {
    const { result } = await inPage(browser, plain, async () => {
      const model = await window.senselm.SenseLM.load("/models/pump.gguf");
      const bytes = () => new TextEncoder().encode("time_s,suction\n0,1\n").buffer;
      const codes = {};
      for (const option of ["delimiter", "decimal", "times"]) {
        const error = await model.readCsv(bytes(), { [option]: "none" }).catch((error) => error);
        const [, listed] = error.message.split(": it is ");
        for (const choice of listed.split(/, | or /u)) {
          codes[choice] = await window.codeOf(model.readCsv(bytes(), { [option]: choice }));
        }
      }
      return codes;
    });
    assert.ok(Object.keys(result).length >= 17, Object.keys(result).join());
    for (const [choice, code] of Object.entries(result)) {
      assert.notEqual(code, "bad_option", choice);
    }
  });

  it("say so where the package's files are not served as they should be", async () => {
    const { result } = await inPage(
      browser,
      plain,
      async () => {
        const { SenseLM } = window.senselm;
        const error = await SenseLM.load("/golden/tiny-f32.gguf").catch((error) => error);
        return { code: error.code, message: error.message };
      },
      undefined,
      (page) => page.route("**/worker-*.js", (route) => route.fulfill({ status: 404 })),
    );
    assert.equal(result.code, "no_worker");
    assert.match(result.message, /worker-src/);
    assert.match(result.message, /optimizeDeps: \{ exclude: \["@senselm\/web"\] \}/);

    const damaged = await inPage(
      browser,
      plain,
      async () => {
        const { SenseLM } = window.senselm;
        const error = await SenseLM.load("/golden/tiny-f32.gguf").catch((error) => error);
        return { code: error.code, cause: error.cause?.name };
      },
      undefined,
      (page) => page.route("**/*.wasm", (route) => route.fulfill({ body: "no wasm" })),
    );
    assert.deepEqual(damaged.result, { code: "no_wasm", cause: "CompileError" });
  });
});

describe("a source", { skip: cannotRun() }, () => {
  it("may be an address object or a part of a buffer, and nothing that is none", async () => {
    const { result, faults } = await inPage(browser, plain, async () => {
      const { SenseLM } = window.senselm;
      const bytes = await (await fetch("/golden/tiny-f32.gguf")).arrayBuffer();
      const larger = new Uint8Array(bytes.byteLength + 64);
      larger.set(new Uint8Array(bytes), 32);
      const view = larger.subarray(32, 32 + bytes.byteLength);
      const loaded = [];
      for (const source of [new URL("/golden/tiny-f32.gguf", location.href), view]) {
        const model = await SenseLM.load(source);
        loaded.push(model.info.parameters);
        model.close();
      }
      const none = await Promise.all(
        [undefined, null, 5, {}, "http://"].map((source) => window.codeOf(SenseLM.load(source))),
      );
      return { loaded, none, kept: larger.length > 0 };
    });
    const none = Array(5).fill("bad_input");
    assert.deepEqual(result, { loaded: [141056, 141056], none, kept: true });
    assert.deepEqual(faults, []);
  });

  it("may be loaded by a worker of the page's own", async () => {
    const script = `
      import { SenseLM } from "/web/dist/index.js";
      const model = await SenseLM.load("/golden/tiny-f32.gguf");
      const { text } = await model.generate("A pump", { max_tokens: 5 }).result;
      postMessage(text);
    `;
    const { result, faults } = await inPage(
      browser,
      plain,
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker("/own.js", { type: "module" });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
        }),
      undefined,
      (page) =>
        page.route("**/own.js", (route) =>
          route.fulfill({ body: script, contentType: "text/javascript" }),
        ),
    );
    assert.ok(result.length > 0);
    assert.deepEqual(faults, []);
  });
});

describe("every call", { skip: cannotRun() }, () => {
  it("takes a signal", async () => {
    const csv = readFileSync(join(root, "examples/pump.csv"), "utf8");
    const { result, faults } = await inPage(
      browser,
      plain,
      async (csv) => {
        const bytes = () => new TextEncoder().encode(csv).buffer;
        const model = await window.senselm.SenseLM.load("/models/pump.gguf");
        const { records } = await model.readCsv(bytes());
        const asked = records[0].window;
        const [header] = csv.split("\n").map((line) => line.split(","));
        const columns = await model.suggestColumns(header);
        const reader = await model.openRecording(header, columns);
        const stream = await model.openStream();
        const calls = {
          measure: (options) => model.measure(options),
          answer: (options) => model.answer(asked, options),
          classify: (options) => model.classify(asked, options),
          number: (options) => model.number(asked, options),
          score: (options) => model.score(asked, options),
          prompt: (options) => model.prompt(asked, options),
          generate: (options) => model.generate("A", options).result,
          logits: (options) => model.logits([1], options),
          tokenize: (options) => model.tokenize("A", options),
          readCsv: (options) => model.readCsv(bytes(), options),
          embed: (options) => model.embed("A", options),
          expects: (options) => model.expects(options),
          suggestColumns: (options) => model.suggestColumns(["flow"], options),
          openRecording: (options) => model.openRecording(header, columns, options),
          pushRows: (options) => reader.push([], options),
          openStream: (options) => model.openStream(options),
          pushReadings: (options) => stream.push([], options),
          resetStream: (options) => stream.reset(options),
        };
        const codes = {};
        for (const [name, call] of Object.entries(calls)) {
          const before = await window.codeOf(call({ signal: AbortSignal.abort() }));
          const controller = new AbortController();
          const during = window.codeOf(call({ signal: controller.signal }));
          controller.abort();
          codes[name] = [before, await during];
        }
        // None of it broke anything.
        const { label } = await model.classify(asked);
        return { codes, answered: typeof label };
      },
      csv,
    );
    assert.ok(Object.keys(result.codes).length > 10);
    for (const [name, codes] of Object.entries(result.codes)) {
      assert.deepEqual(codes, ["cancelled", "cancelled"], name);
    }
    assert.equal(result.answered, "string");
    assert.deepEqual(faults, []);
  });
});
