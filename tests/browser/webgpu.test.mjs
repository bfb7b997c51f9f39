/**
 * The package on WebGPU in Chromium, which plays the GPU on the CPU where there
 * is none: the same logits, tokens and answers, also where the device is lost.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  asGpu,
  cannotRun,
  destructible,
  floats,
  goldenFolder,
  inPage,
  largestDifference,
  launch,
  launchWithWebGpu,
  made,
  noProgram,
  openPackage,
  root,
  senselm,
  servePackage,
} from "./support.mjs";

/**
 * Activations stay floats on the GPU, so only the sums' order differs from
 * transformers. llama.cpp rounds activations to 8 bits, and K-quants are
 * repacked to Q8_0. As natively; see crates/gpt/tests/gpu/golden.rs.
 */
const TOLERANCE = {
  f32: { hf_deq: 0.001, llama_f32kv: 0.001 },
  f16: { hf_deq: 0.001, llama_f32kv: 0.001 },
  q8_0: { hf_deq: 0.001, llama_f32kv: 0.02 },
  q4_0: { hf_deq: 0.001, llama_f32kv: 0.02 },
  q4_k_m: { hf_deq: 0.02, llama_f32kv: 0.02 },
};

const unable = cannotRun();

let browser, server;

before(async () => {
  if (!unable) {
    browser = await launchWithWebGpu();
    server = await servePackage({ isolated: false });
  }
});

after(async () => {
  await browser?.close();
  server?.close();
});

const inGpuPage = (body, argument, prepare) => inPage(browser, server, body, argument, prepare);

describe("WebGPU", { skip: unable }, () => {
  it("is here", async () => {
    const { result } = await inGpuPage(async () => {
      const adapter = await navigator.gpu?.requestAdapter();
      return adapter?.info.vendor ?? null;
    });
    assert.notEqual(result, null, "Chromium offers no adapter");
  });

  for (const [tag, tolerances] of Object.entries(TOLERANCE)) {
    it(`gives the golden logits: ${tag}`, { skip: cannotRun() }, async () => {
      const folder = join(goldenFolder, "tiny");
      const golden = JSON.parse(readFileSync(join(folder, "golden.json"), "utf8"));
      const { result, faults } = await inGpuPage(
        async ({ tag, prompts }) => {
          const url = `/golden/tiny-${tag}.gguf`;
          const compiled = [];
          const onCompiled = (done, total) => compiled.push([done, total]);
          const model = await window.senselm.SenseLM.load(url, { backend: "gpu", onCompiled });
          const rows = [];
          for (const ids of prompts) {
            rows.push([...(await model.logits(ids))]);
          }
          const { backend, variant } = model;
          model.close();
          return { rows, backend, variant, compiled };
        },
        { tag, prompts: golden.ids },
      );
      assert.equal(result.backend, "gpu");
      assert.equal(result.variant, "webgpu");
      const { length } = result.compiled;
      assert.deepEqual(result.compiled.at(-1), [length, length], "every shader is told of");
      result.rows.forEach((logits, prompt) => {
        for (const [reference, tolerance] of Object.entries(tolerances)) {
          const expected = floats(join(folder, `${reference}_${tag}.p${prompt}.logits.f32`));
          const difference = largestDifference(logits, expected);
          assert.ok(difference <= tolerance, `${reference}, prompt ${prompt}: ${difference}`);
        }
      });
      assert.deepEqual(faults, []);
    });
  }

  for (const tag of ["q8_0", "q4_0"]) {
    it(`rounds where it may: ${tag}`, { skip: cannotRun() }, async () => {
      const folder = join(goldenFolder, "tiny");
      const golden = JSON.parse(readFileSync(join(folder, "golden.json"), "utf8"));
      const { result, faults } = await inGpuPage(
        async ({ url, prompts }) => {
          const run = async (options) => {
            const model = await window.senselm.SenseLM.load(url, { backend: "gpu", ...options });
            const rows = [];
            for (const ids of prompts) {
              rows.push([...(await model.logits(ids))]);
            }
            model.close();
            return rows;
          };
          return {
            dot: navigator.gpu.wgslLanguageFeatures.has("packed_4x8_integer_dot_product"),
            exact: await run({}),
            rounded: await run({ gpuMath: "rounded" }),
          };
        },
        { url: `/golden/tiny-${tag}.gguf`, prompts: golden.ids },
      );
      assert.ok(result.dot, "Chromium has no packed dot product");
      result.rounded.forEach((logits, prompt) => {
        assert.ok(largestDifference(logits, result.exact[prompt]) > 1e-4, "nothing was rounded");
        const expected = floats(join(folder, `hf_deq_${tag}.p${prompt}.logits.f32`));
        const difference = largestDifference(logits, expected);
        assert.ok(difference <= 0.02, `prompt ${prompt}: ${difference}`);
      });
      assert.deepEqual(faults, []);
    });
  }

  it("chooses the CPU's tokens, greedily and with seeds", { skip: cannotRun() }, async () => {
    const { result, faults } = await inGpuPage(async () => {
      const samplers = [{}, ...[1, 2, 3].map((seed) => ({ temperature: 0.9, top_k: 40, seed }))];
      const run = async (options) => {
        const model = await window.senselm.SenseLM.load("/golden/tiny-f32.gguf", options);
        const texts = [];
        for (const sampler of samplers) {
          const pieces = [];
          const options = { max_tokens: 40, ignore_end: true, sampler };
          const stream = model.generate("A pump", options);
          for await (const piece of stream) {
            pieces.push(piece);
          }
          const { tokens, text } = await stream.result;
          texts.push({ tokens, text, whole: pieces.join("") === text });
        }
        model.close();
        return texts;
      };
      return { cpu: await run({ variant: "relaxed" }), gpu: await run({ backend: "gpu" }) };
    });
    assert.deepEqual(result.gpu, result.cpu);
    assert.ok(result.gpu.every(({ tokens, whole }) => whole && tokens.length === 40));
    assert.deepEqual(faults, []);
  });

  it("answers windows as the CPU does", async () => {
    const csv = readFileSync(join(root, "examples/pump.csv"), "utf8");
    const { result, faults } = await inGpuPage(async (csv) => {
      const run = async (options) => {
        const model = await window.senselm.SenseLM.load("/models/pump.gguf", options);
        const bytes = new TextEncoder().encode(csv);
        const { records } = await model.readCsv(bytes.buffer);
        const answers = [];
        for (const { window } of records) {
          const { label, probability, anomaly } = await model.answer(window);
          answers.push({ label, probability, anomaly });
        }
        model.close();
        return answers;
      };
      return { cpu: await run({ variant: "relaxed" }), gpu: await run({ backend: "gpu" }) };
    }, csv);
    assert.ok(result.gpu.length > 10);
    const labels = (answers) => answers.map(({ label }) => label);
    assert.deepEqual(labels(result.gpu), labels(result.cpu));
    for (const figure of ["probability", "anomaly"]) {
      const of = (answers) => answers.map((answer) => answer[figure]);
      // The CPU rounds activations to 8 bits.
      const difference = largestDifference(of(result.gpu), of(result.cpu));
      assert.ok(difference < 0.03, `${figure}: ${difference}`);
    }
    assert.deepEqual(faults, []);
  });

  it("can be cancelled between two batches of tokens", { skip: cannotRun() }, async () => {
    const { result } = await inGpuPage(async () => {
      const options = { backend: "gpu" };
      const model = await window.senselm.SenseLM.load("/golden/tiny-f32.gguf", options);
      const text = model.generate("A", { max_tokens: 100, ignore_end: true });
      const pieces = [];
      for await (const piece of text) {
        pieces.push(piece);
        break;
      }
      const code = await window.codeOf(text.result);
      const tokens = await model.tokenize("still there");
      const shown = pieces.length;
      model.close();
      return { code, shown, alive: tokens.length > 0 };
    });
    assert.deepEqual(result, { code: "cancelled", shown: 1, alive: true });
  });
});

describe("a device that is lost", { skip: cannotRun() }, () => {
  it("is opened again: the same tokens, and one event", async () => {
    const run = async (times) => {
      const changes = [];
      const model = await window.senselm.SenseLM.load("/golden/tiny-f32.gguf", {
        backend: "gpu",
        onBackendChange: (change) => changes.push(change),
      });
      const channel = new BroadcastChannel("destroy");
      const texts = [];
      for (let time = 0; time < times; time += 1) {
        const sampler = { temperature: 0.9, top_k: 40, seed: 5 };
        const options = { max_tokens: 60, ignore_end: true, sampler };
        const text = model.generate("A pump", options);
        const pieces = [];
        for await (const piece of text) {
          if (pieces.push(piece) === 1) {
            channel.postMessage("now");
          }
        }
        texts.push((await text.result).tokens);
      }
      const { backend } = model;
      model.close();
      channel.close();
      return { texts, changes, backend };
    };
    const undisturbed = await inGpuPage(run, 1);
    assert.deepEqual(undisturbed.result.changes, []);
    const [expected] = undisturbed.result.texts;

    const { result, faults } = await inGpuPage(run, 4, (page) =>
      destructible(page, "**/web/dist/worker-*.js"),
    );
    assert.deepEqual(result.texts, Array(4).fill(expected));
    const backends = result.changes.map(({ backend }) => backend);
    // A message that comes behind the last token destroys nothing in time, but
    // the next text finds the device gone.
    assert.deepEqual(backends.slice(0, 3), ["gpu", "gpu", "gpu"]);
    assert.ok(backends.length <= 4, `${backends}`);
    assert.equal(result.backend, backends.at(-1));
    for (const { reason } of result.changes) {
      assert.match(reason, /lost/);
    }
    assert.deepEqual(faults, []);
  });
});

describe("the choice of a backend", { skip: cannotRun() || noProgram() }, () => {
  const webgpu = (path) => path.includes("/wasm/webgpu/");

  async function load(url) {
    const model = await window.senselm.SenseLM.load(url);
    const { backend, variant } = model;
    const logits = await model.logits([1, 2, 3]);
    model.close();
    return { backend, variant, works: logits.length > 0 };
  }

  before(() => {
    const shape = ["--preset", "5m", "--vocab", "512", "--type", "Q8_0", "--seed", "1"];
    senselm("init", ...shape, "-o", join(made(), "worth-a-gpu.gguf"));
  });

  it("is the CPU where a CPU plays the GPU, and nothing more is fetched", async () => {
    const { result, asked } = await inGpuPage(load, "/made/worth-a-gpu.gguf");
    assert.deepEqual(result, { backend: "cpu", variant: "relaxed", works: true });
    assert.ok(!asked.some(webgpu), "the WebGPU build was fetched");
  });

  it("is the CPU for a model that it answers at once", async () => {
    const { result, asked } = await inGpuPage(load, "/golden/tiny-f32.gguf", asGpu);
    assert.equal(result.backend, "cpu");
    assert.ok(!asked.some(webgpu), "the WebGPU build was fetched");
  });

  it("is measured once, remembered, and asked again beside another GPU", async () => {
    const { result, faults } = await inGpuPage(
      async () => {
        const { SenseLM } = window.senselm;
        // A clock in which this CPU is slow, then one in which the GPU is.
        const measure = SenseLM.prototype.measure;
        let slow = "cpu";
        let measured = 0;
        SenseLM.prototype.measure = async function (options) {
          measured += 1;
          const speed = await measure.call(this, options);
          return { ...speed, question_ms: this.backend === slow ? 1000 : 10 };
        };
        const url = "/made/worth-a-gpu.gguf";
        const seen = [];
        const look = async () => {
          const model = await SenseLM.load(url);
          const known = Object.values(JSON.parse(localStorage.getItem("senselm.backends")));
          seen.push({ backend: model.backend, measured, known: known.map((k) => k.backend) });
          model.close();
        };
        await look();
        await look();
        // Another GPU than the one that was measured.
        const stored = localStorage.getItem("senselm.backends");
        const other = JSON.parse(stored);
        Object.values(other).forEach((known) => (known.gpu = "another"));
        localStorage.setItem("senselm.backends", JSON.stringify(other));
        slow = "gpu";
        await look();
        await look();
        // Whatever else stands there is no choice.
        localStorage.setItem("senselm.backends", '{"x": 1, "y"');
        await look();
        return seen;
      },
      undefined,
      asGpu,
    );
    assert.deepEqual(result, [
      { backend: "gpu", measured: 2, known: ["gpu"] },
      { backend: "gpu", measured: 2, known: ["gpu"] },
      { backend: "cpu", measured: 4, known: ["cpu"] },
      { backend: "cpu", measured: 4, known: ["cpu"] },
      { backend: "cpu", measured: 6, known: ["cpu"] },
    ]);
    assert.deepEqual(faults, []);
  });

  it("can be forced, and says so where there is no GPU", async () => {
    const without = await launch();
    try {
      const page = await openPackage(without, server.origin);
      const code = await page.evaluate(() =>
        window.codeOf(window.senselm.SenseLM.load("/golden/tiny-f32.gguf", { backend: "gpu" })),
      );
      assert.equal(code, "no_gpu");
    } finally {
      await without.close();
    }
    const { result } = await inGpuPage(async () => {
      const { SenseLM } = window.senselm;
      const url = "/golden/tiny-f32.gguf";
      const cpu = await SenseLM.load(url, { backend: "cpu" });
      const forced = { backend: cpu.backend, variant: cpu.variant };
      cpu.close();
      return {
        forced,
        q8: await window.codeOf(SenseLM.load(url, { backend: "gpu", kv: "Q8_0" })),
        noCode: await window.codeOf(SenseLM.load(url, { backend: "gpu", variant: "relaxed" })),
      };
    });
    assert.deepEqual(result.forced, { backend: "cpu", variant: "relaxed" });
    assert.deepEqual([result.q8, result.noCode], ["no_gpu", "no_gpu"]);
  });
});
