/**
 * Does one piece of work with one contender, and leaves what it found in
 * `window.result`. Everybody goes through the same calls:
 *
 *   open({ model, threads, build, backend, path })  loads a model
 *     first()      continues a short text; resolves at its first token
 *     prefill(n)   tokens a second of a prompt of n tokens
 *     decode(n)    tokens a second of n tokens, batch 1
 *     windows(n)   sensor windows a second, of n; only senselm has them
 *     detail       what is worth noting
 */

/** A measurement is repeated until it has taken this long, in ms. */
const AT_LEAST_MS = 1000;

/** Tokens that are decoded one by one; fewer where a CPU may play the GPU. */
const DECODED = { cpu: 128, gpu: 32 };

/** Windows that are answered one by one. */
const WINDOWS = 50;

/** Tokens of the prompt and of the text whose memory is measured. */
const MEMORY = { prompt: 512, generated: 128 };

const query = Object.fromEntries(new URLSearchParams(location.search));

async function run() {
  if (query.work === "blank") {
    return {};
  }
  const { open } = await import(`./${query.contender}.js`);
  const threads = Number(query.threads);
  const { build, backend, package: path } = query;
  const model = await open({ model: query.model, threads, build, backend, path });
  if (model.unavailable) {
    return { unavailable: model.unavailable };
  }
  if (query.work === "windows") {
    await model.windows(WINDOWS);
    const windows = await repeated(() => model.windows(WINDOWS));
    return { figures: { windows }, detail: model.detail };
  }
  await model.first();
  const firstToken = performance.now();
  const { detail } = model;
  if (query.work === "first") {
    return { figures: { "first-token": firstToken }, detail };
  }
  if (query.work === "memory") {
    await model.prefill(MEMORY.prompt);
    await model.decode(MEMORY.generated);
    // Others look at the process: what a page may ask of its own memory leaves
    // out the wasm memory of a worker.
    return { detail, tokens: MEMORY.prompt };
  }
  await model.prefill(16);
  const figures = {
    "prefill-128": await repeated(() => model.prefill(128)),
    decode: await repeated(() => model.decode(DECODED[backend])),
  };
  return { figures, detail: backend === "gpu" ? { ...detail, adapter: await adapter() } : detail };
}

/** The GPU, as far as the browser says which it is. */
async function adapter() {
  const found = await navigator.gpu?.requestAdapter();
  const { vendor, architecture } = found?.info ?? {};
  return found ? `${vendor} ${architecture} (WebGPU)` : null;
}

/** The median of as many measurements as take long enough. */
async function repeated(measure) {
  const values = [];
  const start = performance.now();
  while (performance.now() - start < AT_LEAST_MS || values.length === 0) {
    values.push(await measure());
  }
  values.sort((a, b) => a - b);
  return values[values.length >> 1];
}

window.result = await run().catch((error) => ({ error: String(error?.stack ?? error) }));
