/** The package in Chromium: parity, and what it refuses. */

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  cannotRun,
  floats,
  goldenFolder,
  inPage,
  largestDifference,
  launch,
  made,
  noProgram,
  root,
  senselm,
  servePackage,
} from "./support.mjs";

/** As natively; see crates/gpt/tests/parity.rs. */
const TOLERANCE = { f32: 0.001, f16: 0.001, q8_0: 0.02, q4_0: 0.02, q4_k_m: 0.02 };
/** Between hosts, for F32. */
const HOSTS_TOLERANCE = 1e-3;
const VARIANTS = ["simd128", "relaxed", "threads"];

const unable = cannotRun();
const pumpModel = join(root, "models/pump.gguf");
const pumpCsv = join(root, "examples/pump.csv");
const noPump = !existsSync(pumpModel) && "models/pump.gguf is missing";

let browser, plain, isolated;

before(async () => {
  if (!unable) {
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

describe("golden logits", { skip: cannotRun() }, () => {
  for (const variant of VARIANTS) {
    for (const [tag, tolerance] of Object.entries(TOLERANCE)) {
      it(`${variant}: ${tag}`, async () => {
        const folder = join(goldenFolder, "tiny");
        const golden = JSON.parse(readFileSync(join(folder, "golden.json"), "utf8"));
        const { result, faults } = await inPage(
          browser,
          variant === "threads" ? isolated : plain,
          async ({ variant, tag, prompts }) => {
            const model = await window.senselm.SenseLM.load(`/golden/tiny-${tag}.gguf`, {
              variant,
            });
            const rows = [];
            for (const prompt of prompts) {
              const ids = await model.tokenize(prompt);
              rows.push({ ids: [...ids], logits: [...(await model.logits(ids))] });
            }
            model.close();
            return { rows, kernels: model.info.kernels };
          },
          { variant, tag, prompts: golden.prompts },
        );
        const kernels = variant === "simd128" ? /^simd128$/ : /^relaxed-simd(-unsigned)?$/;
        assert.match(result.kernels, kernels);
        result.rows.forEach(({ ids, logits }, prompt) => {
          assert.deepEqual(ids, golden.ids[prompt]);
          for (const reference of ["llama_f32kv", "hf_deq"]) {
            const expected = floats(join(folder, `${reference}_${tag}.p${prompt}.logits.f32`));
            const difference = largestDifference(logits, expected);
            assert.ok(difference <= tolerance, `${reference}, prompt ${prompt}: ${difference}`);
          }
        });
        assert.deepEqual(faults, []);
      });
    }
  }
});

describe("kernels", { skip: cannotRun() }, () => {
  for (const tag of Object.keys(TOLERANCE)) {
    it(`give the same bits: ${tag}`, async () => {
      const { result, faults } = await inPage(
        browser,
        plain,
        async (tag) => {
          const url = `/golden/tiny-${tag}.gguf`;
          const run = async (kernels) => {
            const model = await window.senselm.SenseLM.load(url, { kernels, variant: "relaxed" });
            // Ten tokens go through panels, one through rows.
            const ids = Array.from({ length: 10 }, (_, at) => (at * 97) % model.info.vocab);
            const several = await model.logits(ids, { all: true });
            const one = await model.logits(ids.slice(0, 1));
            model.close();
            return new Uint32Array(new Float32Array([...several, ...one]).buffer);
          };
          const { info } = await window.senselm.SenseLM.load(url, { variant: "relaxed" });
          const expected = await run("scalar");
          const differing = [];
          for (const kernels of new Set([info.kernels, "relaxed-simd"])) {
            const found = await run(kernels);
            if (found.some((bits, at) => bits !== expected[at])) {
              differing.push(kernels);
            }
          }
          return differing;
        },
        tag,
      );
      assert.deepEqual(result, []);
      assert.deepEqual(faults, []);
    });
  }
});

describe("three hosts", { skip: unable || noProgram() }, () => {
  it("give the same logits for F32", { skip: cannotRun() }, async () => {
    const folder = join(goldenFolder, "tiny");
    const { ids } = JSON.parse(readFileSync(join(folder, "golden.json"), "utf8"));
    const out = join(mkdtempSync(join(tmpdir(), "senselm-")), "logits.f32");
    const model = join(folder, "tiny-f32.gguf");
    const { result } = await inPage(
      browser,
      plain,
      async (ids) => {
        const model = await window.senselm.SenseLM.load("/golden/tiny-f32.gguf");
        return [...(await model.logits(ids))];
      },
      ids[0],
    );
    for (const runtime of ["native", "wasmtime"]) {
      senselm("logits", "--model", model, "--ids", ids[0].join(), "-o", out, "--runtime", runtime);
      const difference = largestDifference(result, floats(out));
      assert.ok(difference <= HOSTS_TOLERANCE, `${runtime}: ${difference}`);
    }
  });

  const noRecording = noPump || (!existsSync(pumpCsv) && "examples/pump.csv is missing");
  it("give the same answers", { skip: noRecording }, async () => {
    const { result } = await inPage(
      browser,
      plain,
      async (csv) => {
        const model = await window.senselm.SenseLM.load("/models/pump.gguf");
        const bytes = new TextEncoder().encode(csv);
        const recording = await model.readCsv(bytes.buffer);
        const answers = [];
        for (const { window, place } of recording.records) {
          answers.push({ line: place.line, answer: await model.answer(window) });
        }
        return answers;
      },
      readFileSync(pumpCsv, "utf8"),
    );
    assert.ok(result.length > 0);
    for (const runtime of ["native", "wasmtime"]) {
      const lines = senselm(
        "answer",
        "--model",
        pumpModel,
        "--input",
        pumpCsv,
        "--runtime",
        runtime,
      );
      const answered = lines.filter(({ answer }) => answer !== null);
      assert.equal(answered.length, result.length);
      answered.forEach(({ line, answer }, index) => {
        const found = result[index];
        assert.equal(found.line, line);
        assert.equal(found.answer.label, answer.label);
        assert.deepEqual(Object.keys(found.answer), Object.keys(answer));
        answer.probabilities.forEach(({ label, probability }, at) => {
          assert.equal(found.answer.probabilities[at].label, label);
          const difference = Math.abs(found.answer.probabilities[at].probability - probability);
          assert.ok(difference < 1e-6, `${runtime}, line ${line}, ${label}: ${difference}`);
        });
        assert.ok(Math.abs(found.answer.anomaly - answer.anomaly) < 1e-6);
      });
    }
  });
});

describe("several workers", { skip: unable || noProgram() }, () => {
  it("give the bits of one, and end with the model", { skip: cannotRun() }, async () => {
    const model = join(made(), "5m.gguf");
    const vocabulary = `gpt2:${join(goldenFolder, "tokenizer")}`;
    const shape = ["--preset", "5m", "--vocab", vocabulary, "--type", "Q8_0", "--seed", "1"];
    senselm("init", ...shape, "-o", model);
    const { result, faults } = await inPage(browser, isolated, async () => {
      const ids = Uint32Array.from({ length: 150 }, (_, at) => (at * 7919) % 50257);
      const runs = [];
      for (const threads of [1, 2, 3]) {
        const model = await window.senselm.SenseLM.load("/made/5m.gguf", { threads });
        const logits = await model.logits(ids);
        const generated = model.generate("pump", { max_tokens: 24, ignore_end: true });
        const { text } = await generated.result;
        runs.push({ threads: model.info.threads, logits: [...logits], text });
        model.close();
      }
      return runs;
    });
    const [one, ...others] = result;
    assert.equal(one.threads, 1);
    assert.ok(one.logits.some((logit) => logit !== 0));
    others.forEach(({ threads, logits, text }, index) => {
      assert.equal(threads, index + 2);
      assert.deepEqual(logits, one.logits);
      assert.equal(text, one.text);
    });
    assert.deepEqual(faults, []);
  });

  it("are refused where memory cannot be shared", async () => {
    const { result } = await inPage(browser, plain, async () => {
      const load = (options) => window.senselm.SenseLM.load("/models/pump.gguf", options);
      const model = await load({ threads: 4 });
      const { threads } = model.info;
      model.close();
      return {
        threads,
        variant: model.variant,
        forced: await window.codeOf(load({ variant: "threads" })),
      };
    });
    assert.deepEqual(result, { threads: 1, variant: "relaxed", forced: "not_isolated" });
  });
});

describe("whatever JavaScript passes", { skip: cannotRun() }, () => {
  it("is refused with a code, and the model lives on", async () => {
    const { result, faults } = await inPage(browser, plain, async () => {
      const model = await window.senselm.SenseLM.load("/golden/tiny-f32.gguf");
      const endless = { length: 4294967295 };
      const calls = {
        noWindow: () => model.answer(undefined),
        text: () => model.answer("window"),
        noChannels: () => model.answer({}),
        channelsAsText: () => model.answer({ channels: "1,2" }),
        channelAsNumber: () => model.answer({ channels: [1] }),
        sampleAsText: () => model.answer({ channels: [["1"]] }),
        endless: () => model.answer({ channels: endless }),
        manyChannels: () => model.answer({ channels: new Array(1e6) }),
        aFunction: () => model.answer({ channels: [() => 1] }),
        noTask: () => model.answer({ channels: [[1, 2, 3]] }),
        idAsText: () => model.logits(["1"]),
        idBelowZero: () => model.logits([-1]),
        halfAnId: () => model.logits([0.5]),
        idTooLarge: () => model.logits([1e9]),
        noIds: () => model.logits([]),
        tooManyIds: () => model.logits(new Uint32Array(5000)),
        promptAsNumber: () => model.generate(5).result,
        badOption: () => model.generate("A", { max_tokens: -1 }).result,
        unknownOption: () => model.generate("A", { tokens: 5 }).result,
        optionAsText: () => model.generate("A", { sampler: "hot" }).result,
        badSampler: () => model.generate("A", { sampler: { temperature: -1 } }).result,
        csv: () => model.readCsv(new ArrayBuffer(8)),
      };
      const codes = {};
      for (const [name, call] of Object.entries(calls)) {
        codes[name] = await window.codeOf(call());
      }
      const alive = (await model.logits([1])).length;
      model.close();
      const closed = await window.codeOf(model.logits([1]));
      return { codes, alive, closed };
    });
    assert.deepEqual(result.codes, {
      noWindow: "bad_input",
      text: "bad_input",
      noChannels: "bad_input",
      channelsAsText: "bad_input",
      channelAsNumber: "bad_input",
      sampleAsText: "bad_input",
      endless: "bad_input",
      manyChannels: "bad_input",
      aFunction: "bad_input",
      noTask: "no_task",
      idAsText: "bad_input",
      idBelowZero: "bad_input",
      halfAnId: "bad_input",
      idTooLarge: "token_out_of_range",
      noIds: "empty_prompt",
      tooManyIds: "prompt_too_long",
      promptAsNumber: "bad_input",
      badOption: "bad_option",
      unknownOption: "bad_option",
      optionAsText: "bad_option",
      badSampler: "bad_option",
      csv: "no_task",
    });
    assert.equal(result.alive, 512);
    assert.equal(result.closed, "closed");
    assert.deepEqual(faults, []);
  });

  it("is no model: refused while loading", async () => {
    const { result } = await inPage(browser, plain, async () => {
      const { SenseLM } = window.senselm;
      const whole = await (await fetch("/golden/tiny-f32.gguf")).arrayBuffer();
      const flipped = whole.slice(0);
      new Uint8Array(flipped, 8, 16).fill(0xff);
      const stopped = AbortSignal.abort();
      return {
        empty: await window.codeOf(SenseLM.load(new ArrayBuffer(0))),
        noise: await window.codeOf(SenseLM.load(new Uint8Array(4096).fill(7).buffer)),
        half: await window.codeOf(SenseLM.load(whole.slice(0, whole.byteLength / 2))),
        flipped: await window.codeOf(SenseLM.load(flipped)),
        missing: await window.codeOf(SenseLM.load("/models/none.gguf")),
        short: await window.codeOf(SenseLM.load("/short.gguf")),
        kernels: await window.codeOf(SenseLM.load(whole.slice(0), { kernels: "avx2" })),
        stopped: await window.codeOf(SenseLM.load("/golden/tiny-f32.gguf", { signal: stopped })),
      };
    });
    assert.deepEqual(result, {
      empty: "bad_model",
      noise: "bad_model",
      half: "bad_model",
      flipped: "bad_model",
      missing: "bad_download",
      short: "bad_download",
      kernels: "no_such_kernels",
      stopped: "cancelled",
    });
  });
});

describe("loading", { skip: cannotRun() }, () => {
  it("takes an address, bytes, a file, and a response of unknown length", async () => {
    const { result, faults } = await inPage(browser, plain, async () => {
      const { SenseLM } = window.senselm;
      const blob = await (await fetch("/golden/tiny-f32.gguf")).blob();
      const sources = ["/golden/tiny-f32.gguf", await blob.arrayBuffer(), blob, "/chunked.gguf"];
      const found = [];
      for (const source of sources) {
        let last = 0;
        const onProgress = (loaded) => {
          last = loaded;
        };
        const model = await SenseLM.load(source, { onProgress });
        found.push({ parameters: model.info.parameters, complete: last === model.info.file_bytes });
        model.close();
      }
      return found;
    });
    assert.deepEqual(result, Array(4).fill({ parameters: 141056, complete: true }));
    assert.deepEqual(faults, []);
  });

  it("picks relaxed SIMD where the browser has it", async () => {
    const { result } = await inPage(browser, plain, () => window.senselm.bestVariant());
    assert.equal(result, "relaxed");
  });
});
