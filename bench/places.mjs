/** Where things are: this repository, what it built, the peers. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
export const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");

/** The folder of the peers. */
export function peersFolder(given) {
  return given ?? process.env.PEERS ?? join(root, "target/peers");
}

/** The program, built for release; what is measured must be optimised. */
export function senselmPath() {
  const path = process.env.SENSELM_BIN ?? join(target, "release/senselm");
  if (!existsSync(path)) {
    throw new Error(`${path} is missing: run cargo build --release -p senselm-cli`);
  }
  return path;
}

/** The measuring programs of `bench/crates`, native or for wasmtime. */
export function toolPath(name, host = "native") {
  const folder = host === "native" ? "release" : "wasm32-wasip2/release";
  return join(target, "bench-tools", folder, host === "native" ? name : `${name}.wasm`);
}

/** The wasmtime host for WASI commands. */
export function wasiHostPath() {
  return join(target, "release/examples/wasi_command");
}

/** GPT-2's vocabulary: `vocab.json` and `merges.txt`. */
export const vocabularyFolder = join(root, "tests/golden/tokenizer");
