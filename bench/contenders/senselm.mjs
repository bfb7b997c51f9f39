/** senselm natively and in its own wasmtime host. */

import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { firstLine } from "../machine.mjs";
import { root, senselmPath } from "../places.mjs";
import { lines, run } from "../process.mjs";
import { missing } from "./missing.mjs";

/** Repetitions within a process, whose median is the round's figure. */
export const REPETITIONS = "3";

/** Tokens of the prompt and of the text whose memory is measured. */
const MEMORY = { prompt: 512, generated: 128 };

/** Layers and width of the presets whose memory is measured. */
const SIZES = { "30m": [6, 384], "124m": [12, 768] };

const MB = 1e6;

/** Of the checkout that `folderOf` gives for a place, which has a program. */
const natively = (name, folderOf, programOf) => ({
  name,
  find: (place) => built(folderOf(place), programOf),
  async measure(work, place) {
    const program = programOf(folderOf(place));
    if (work.kind === "memory") {
      return memory(work, place);
    }
    const model = work.file
      ? resolve(root, work.file)
      : await place.weights.gguf(work.model, work.type);
    const backend = ["--backend", work.backend ?? "cpu"];
    return bench(program, ["--model", model, "--threads", `${work.threads}`, ...backend]);
  },
});

const inWasmtime = (name, folderOf, programOf) => ({
  name,
  find: (place) => built(folderOf(place), programOf),
  async measure(work, place) {
    const program = programOf(folderOf(place));
    const model = await place.weights.gguf(work.model, work.type);
    const sequences = `${work.sequences ?? 1}`;
    const guest = ["--runtime", "wasmtime", "--sequences", sequences];
    return bench(program, ["--model", model, ...guest]);
  },
});

const here = [() => root, senselmPath];
const earlier = [({ before }) => before, (folder) => join(folder, "target/release/senselm")];

export const native = natively("senselm", ...here);
export const nativeBefore = natively("senselm before", ...earlier);
export const wasmtime = inWasmtime("senselm in wasmtime", ...here);
export const wasmtimeBefore = inWasmtime("senselm in wasmtime before", ...earlier);

function built(folder, programOf) {
  if (folder === null || !existsSync(programOf(folder))) {
    return missing("cargo build --release -p senselm-cli");
  }
  return { version: commit(folder) ?? "unknown commit" };
}

/** What the rows of this run are measured at. */
export function commit(folder = root) {
  return firstLine("git", "-C", folder, "describe", "--always", "--dirty");
}

async function bench(program, parameters) {
  const given = ["bench", ...parameters, "--repetitions", REPETITIONS, "--json"];
  const { stdout } = await run(program, given, { cwd: root });
  const [report] = lines(stdout);
  return {
    figures: {
      "prefill-128": report.prefill_128_tokens_per_s,
      "prefill-512": report.prefill_512_tokens_per_s,
      decode: report.decode_tokens_per_s,
      windows: report.windows_per_s,
    },
    detail: { kernels: report.kernels, file_bytes: report.file_bytes, adapter: report.adapter },
  };
}

async function memory(work, place) {
  const model = await place.weights.gguf(work.model, work.type);
  const prompt = " hello".repeat(MEMORY.prompt);
  const given = ["--prompt", prompt, "--max-tokens", `${MEMORY.generated}`, "--json"];
  const { stdout, peakBytes } = await run(senselmPath(), ["generate", "--model", model, ...given]);
  const [report] = lines(stdout);
  const tokens = MEMORY.prompt + report.tokens.length;
  return { figures: memoryFigures(work, peakBytes, model, tokens), detail: { tokens } };
}

/** Peak memory, and what of it is neither the file nor the KV cache in f32. */
export function memoryFigures(work, peakBytes, model, tokens) {
  const [layers, width] = SIZES[work.model];
  const kv = 2 * layers * width * tokens * Float32Array.BYTES_PER_ELEMENT;
  const file = statSync(model).size;
  return { peak: peakBytes / MB, "beside-file-and-kv": (peakBytes - file - kv) / MB };
}
