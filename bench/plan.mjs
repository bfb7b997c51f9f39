/**
 * What is measured: pairs of contenders at the same work, the figures of each
 * pair, and what must hold of them.
 *
 * A target is about the ratio of ours to theirs, or about our own figure.
 */

const atLeast = (least) => ({ of: "ratio", least });
const atMost = (most) => ({ of: "ratio", most });

const SPEED = { unit: "tokens/s", better: "higher" };
const PREFILL = (tokens, target = null) => ({ key: `prefill-${tokens}`, ...SPEED, target });
const DECODE = (target = null) => ({ key: "decode", ...SPEED, target });
const FIRST = (target) => ({ key: "first-token", unit: "ms", better: "lower", target });
const PEAK = { key: "peak", unit: "MB", better: "lower", target: null };
/** What is in memory beside the file and the KV cache. */
const BESIDE = { key: "beside-file-and-kv", unit: "MB", better: "lower" };
const MEMORY = [PEAK, { ...BESIDE, target: { of: "ours", most: 48 } }];

/** The prompt of TinyLLM's gesture rows, instruction and readings, in GPT-2 tokens. */
const GESTURE_PROMPT = { tokens: 476, generated: 30 };

/** The least that a change may leave of the speed before it. */
const KEPT = atLeast(0.97);

/** Every pair, in the order in which they are measured. */
export function plan({ gesture = null, before = null } = {}) {
  if (before !== null) {
    return besideBefore();
  }
  const onCpu = [...native(), ...windows(gesture), ...wasmtime(), ...matvec(), ...browser()];
  return [...onCpu, ...onGpu()];
}

/** This checkout beside an earlier one. */
function besideBefore() {
  const speed = (threads) => ({ kind: "speed", model: "30m", type: "q8_0", threads });
  const pump = { kind: "windows", model: "pump", file: "models/pump.gguf", threads: 1 };
  const tokens = [PREFILL(128, KEPT), DECODE(KEPT)];
  const windows = [{ key: "windows", unit: "windows/s", better: "higher", target: KEPT }];
  const beside = (host, work, who, figures) => pair(host, work, [who, `${who}-before`], figures);
  return [
    beside("native", speed(1), "senselm", tokens),
    beside("native", speed(2), "senselm", tokens),
    beside("native", pump, "senselm", windows),
    beside("wasmtime", speed(1), "senselm-wasmtime", tokens),
    beside("browser", speed(1), "senselm-page", tokens),
    beside("browser", speed(2), "senselm-page", tokens),
    beside("browser", pump, "senselm-page", windows),
  ];
}

function native() {
  const pairs = [];
  for (const model of ["30m", "124m"]) {
    for (const type of ["q8_0", "q4_0"]) {
      for (const threads of [1, 2]) {
        const work = { kind: "speed", model, type, threads };
        const figures = [PREFILL(128, atLeast(1.1)), PREFILL(512), DECODE(atLeast(1.1))];
        pairs.push(pair("native", work, ["senselm", "llama.cpp"], figures));
      }
    }
  }
  const work = { kind: "memory", model: "124m", type: "q8_0", threads: 1 };
  pairs.push(pair("native", work, ["senselm", "llama.cpp"], MEMORY));
  return pairs;
}

function windows(gesture) {
  const models = [
    { name: "pump", file: "models/pump.gguf", target: null },
    ...(gesture === null ? [] : [{ name: "gesture", file: gesture, target: atLeast(200) }]),
  ];
  return models.map(({ name, file, target }) => {
    const work = { kind: "windows", model: name, file, threads: 1, peer: GESTURE_PROMPT };
    const figure = { key: "windows", unit: "windows/s", better: "higher", target };
    return pair("native", work, ["senselm", "tinyllm"], [figure]);
  });
}

function wasmtime() {
  return ["30m", "124m"].flatMap((model) => {
    const work = { kind: "speed", model, type: "q8_0", threads: 1 };
    const figures = [PREFILL(128, atLeast(0.6)), DECODE(atLeast(0.7))];
    // Several guests over the same weights, one a sequence.
    const two = { ...work, sequences: 2, peer: { sequences: 1 } };
    return [
      pair("wasmtime", work, ["senselm-wasmtime", "senselm"], figures),
      pair("wasmtime", two, ["senselm-wasmtime", "senselm-wasmtime"], [PREFILL(128), DECODE()]),
    ];
  });
}

function matvec() {
  return ["3072x768", "50257x768"].map((shape) => {
    const work = { kind: "matvec", shape, type: "q8_0", threads: 1 };
    const figure = { key: "matvec", unit: "GB/s", better: "higher", target: atLeast(2.5) };
    return pair("wasmtime", work, ["senselm-matvec", "candle"], [figure]);
  });
}

function browser() {
  const speed = (model, threads = 1) => ({ kind: "speed", model, type: "q8_0", threads });
  const first = { kind: "first", model: "30m", type: "q8_0", threads: 1 };
  const memory = { kind: "memory", model: "124m", type: "q8_0", threads: 1 };
  const both = (prefill, decode) => [PREFILL(128, atLeast(prefill)), DECODE(atLeast(decode))];
  const page = (work, peer, figures) => pair("browser", work, ["senselm-page", peer], figures);
  return [
    page(speed("30m"), "wllama", both(8, 4)),
    page(speed("30m"), "ort-web", both(1.5, 1.5)),
    page(first, "wllama", [FIRST(atMost(0.25))]),
    page(first, "ort-web", [FIRST(atMost(0.25))]),
    page(speed("124m"), "wllama", both(10, 4)),
    page(speed("124m"), "transformers.js", both(1.5, 2.2)),
    page(memory, "wllama", MEMORY),
    ...["30m", "124m"].map((model) => {
      const work = { ...speed(model, 2), peer: { threads: 1 } };
      return page(work, "senselm-page", both(1.8, 1.5));
    }),
  ];
}

/**
 * A GPU, or a CPU that plays one. ONNX Runtime's int8 operators do not run on
 * WebGPU, so both sides of a page have f32 weights.
 */
function onGpu() {
  const work = (model, type) => ({ kind: "speed", model, type, threads: 1, backend: "gpu" });
  const figures = [PREFILL(128), DECODE()];
  const models = ["30m", "124m"];
  const types = ["q8_0", "f16"];
  const beside = (work) => ({ ...work, peer: { backend: "cpu" } });
  return [
    ...models.flatMap((model) =>
      types.map((type) => {
        return pair("native", beside(work(model, type)), ["senselm", "senselm"], figures);
      }),
    ),
    pair("browser", work("30m", "f32"), ["senselm-page", "ort-webgpu"], figures),
  ];
}

function pair(host, work, [ours, theirs], figures) {
  const what = [work.model ?? work.shape, work.type, work.kind].filter(Boolean).join("-");
  const several = work.sequences ? `${work.sequences}s` : `${work.threads}t`;
  const side = work.backend === "gpu" ? "gpu" : several;
  const id = `${host}/${what}/${side}/${theirs}`;
  return { id, host, work, ours, theirs, figures };
}

/** The pairs that the command line selects. */
export function select(pairs, { host, model, backend, only }) {
  return pairs.filter((pair) => {
    const sized = ["30m", "124m"].includes(pair.work.model);
    const rows = pair.figures.map((figure) => rowId(pair, figure));
    return (
      host.includes(pair.host) &&
      (pair.work.backend ?? "cpu") === backend &&
      (!sized || model.includes(pair.work.model)) &&
      (!only || rows.some((row) => row.includes(only)))
    );
  });
}

/** The name of a figure's row. */
export function rowId(pair, figure) {
  return `${pair.id}/${figure.key}`;
}
