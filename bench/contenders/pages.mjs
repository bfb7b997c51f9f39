/** Contenders in Chromium: one page each, loaded afresh for every measurement. */

import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { visit } from "../browser/visit.mjs";
import { root } from "../places.mjs";
import { missing, NotAvailable } from "./missing.mjs";
import { commit, memoryFigures } from "./senselm.mjs";

const BUILT = ["web/dist/index.js", "web/wasm/relaxed/senselm_bg.wasm"];

/** Where a page finds its model. */
const gguf = async (work, place) => {
  if (work.file) {
    return { model: `/models/${basename(work.file)}`, file: join(root, work.file) };
  }
  const path = await place.weights.gguf(work.model, work.type);
  return { model: `/weights/${path.slice(place.weights.folder.length + 1)}`, file: path };
};
const onnx = async (work, place) => {
  await place.weights.onnx(work.model);
  return { model: work.model, file: null };
};

function contender({ name, script, find, source, query = {} }) {
  return {
    name,
    find,
    async measure(work, place) {
      const { model, file } = await source(work, place);
      const { kind, threads, backend = "cpu" } = work;
      const asked = { ...query, contender: script, model, work: kind, threads, backend };
      const { result, memory } = await visit(work, asked, place);
      if (result.unavailable) {
        throw new NotAvailable(result.unavailable);
      }
      const detail = { ...result.detail };
      if (work.kind !== "memory") {
        return { figures: result.figures, detail };
      }
      const figures = memoryFigures(work, memory.renderer - memory.blank, file, result.tokens);
      return { figures, detail: { ...detail, ...memory } };
    },
  };
}

const senselm = (name, folderOf, served) =>
  contender({
    name,
    script: "senselm",
    find(place) {
      const folder = folderOf(place);
      const isThere = folder !== null && BUILT.every((path) => existsSync(join(folder, path)));
      return isThere
        ? { version: commit(folder) ?? "unknown commit" }
        : missing("cargo xtask wasm && npm run build");
    },
    source: gguf,
    query: { package: `/${served}/dist/index.js` },
  });

export const page = senselm("senselm in the browser", () => root, "web");
export const pageBefore = senselm(
  "senselm in the browser before",
  ({ before }) => before,
  "web-before",
);

export const wllama = contender({
  name: "wllama",
  script: "wllama",
  find: (place) => packaged(place, "@wllama/wllama", "bench/peers/install.sh wllama"),
  source: gguf,
});

export const ortWeb = contender({
  name: "ONNX Runtime web, plain wasm",
  script: "ort",
  find: ort,
  source: onnx,
  query: { build: "plain" },
});

export const transformers = contender({
  name: "transformers.js, its default build",
  script: "ort",
  find: ort,
  source: onnx,
  query: { build: "asyncify" },
});

/** The default build has WebGPU; the work says on what it runs. */
export const ortWebGpu = { ...transformers, name: "ONNX Runtime web on WebGPU" };

function ort(place) {
  const install = "bench/peers/install.sh ort";
  const library = packaged(place, "@huggingface/transformers", install);
  const runtime = packaged(place, "onnxruntime-web", install);
  const python = existsSync(join(place.peers, "venv/bin/python"));
  if (!library.version || !runtime.version || !python) {
    return missing(install);
  }
  return { version: `transformers.js ${library.version}, ONNX Runtime web ${runtime.version}` };
}

function packaged({ peers }, name, install) {
  try {
    const path = join(peers, "js/node_modules", name, "package.json");
    return { version: JSON.parse(readFileSync(path, "utf8")).version };
  } catch {
    return missing(install);
  }
}
