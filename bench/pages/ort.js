/** GPT-2 by transformers.js on ONNX Runtime web: in int8, on WebGPU in f32. */

const PACKAGES = "/packages";
const PROMPT = "Once upon a time there was a";

export async function open({ model, threads, build, backend }) {
  const library = await import(`${PACKAGES}/@huggingface/transformers/dist/transformers.min.js`);
  const { env, AutoModelForCausalLM, AutoTokenizer, Tensor } = library;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = "/weights/onnx-f32-int8/";
  // The browser's own HTTP cache is what everybody else has.
  env.useBrowserCache = false;
  env.useWasmCache = false;
  const flavour = build === "plain" ? "" : `.${build}`;
  const runtime = `${location.origin}${PACKAGES}/onnxruntime-web/dist/ort-wasm-simd-threaded${flavour}`;
  env.backends.onnx.wasm.wasmPaths = { mjs: `${runtime}.mjs`, wasm: `${runtime}.wasm` };
  env.backends.onnx.wasm.numThreads = threads;
  const tokenizer = await AutoTokenizer.from_pretrained(model);
  // Int8 operators do not run on WebGPU.
  const how =
    backend === "gpu" ? { dtype: "fp32", device: "webgpu" } : { dtype: "q8", device: "wasm" };
  const gpt = await AutoModelForCausalLM.from_pretrained(model, how);

  const row = (count, value) => {
    const values = BigInt64Array.from({ length: count }, (_, at) => BigInt(value(at)));
    return new Tensor("int64", values, [1, count]);
  };
  const generate = async (inputs, tokens) => {
    const times = [];
    const streamer = { put: () => times.push(performance.now()), end() {} };
    const exactly = { max_new_tokens: tokens, min_new_tokens: tokens, do_sample: false };
    const start = performance.now();
    const output = await gpt.generate({ ...inputs, ...exactly, streamer });
    return { output, times, start, end: performance.now() };
  };
  const prompt = (tokens) => ({
    inputs: row(tokens, (at) => 1000 + ((at * 7) % 100)),
    attention_mask: row(tokens, () => 1),
  });
  return {
    detail: { build, threads: env.backends.onnx.wasm.numThreads, library: env.version },
    async first() {
      await generate(tokenizer(PROMPT), 1);
    },
    async prefill(tokens) {
      const { start, end } = await generate(prompt(tokens), 1);
      return (tokens * 1000) / (end - start);
    },
    async decode(tokens) {
      const { output, times, end } = await generate(prompt(8), tokens);
      const count = output.dims[1] - 8;
      if (count !== tokens) {
        throw new Error(`${count} tokens came, not ${tokens}`);
      }
      // The streamer gets the prompt first, then the token that its pass gave.
      return ((tokens - 1) * 1000) / (end - times[1]);
    },
  };
}
