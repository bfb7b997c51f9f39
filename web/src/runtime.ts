/** Starts the build of the runtime that suits this browser. */

import type { Variant } from "./protocol.js";

/** The generated module of one variant; both have the same shape. */
export type Runtime = typeof import("../wasm/relaxed/senselm.js");

/** The runtime and the memory it works in. */
export interface Started {
  runtime: Runtime;
  memory: WebAssembly.Memory;
}

/** Fetches and compiles a variant while it streams in. */
export async function start(variant: Variant): Promise<Started> {
  // Each import is written out, so that a bundler sees both.
  const runtime: Runtime =
    variant === "relaxed"
      ? await import("../wasm/relaxed/senselm.js")
      : await import("../wasm/simd128/senselm.js");
  const { memory } = await runtime.default();
  return { runtime, memory };
}
