/** Starts the build of the runtime that suits this browser. */

import { DownloadError, SenseLMError } from "./errors.js";
import type { Variant } from "./protocol.js";

/** The generated module of one variant; all have this one's shape, or less. */
export type Runtime = typeof import("../wasm/threads/senselm.js");

/** The runtime and the memory it works in. */
export interface Started {
  runtime: Runtime;
  memory: WebAssembly.Memory;
  /** The compiled module, where helpers can run it too. */
  module: WebAssembly.Module | null;
}

/** Most pages of a shared memory: 4 GiB, or what a device has addresses for. */
const MAXIMUM_PAGES = [65536, 32768, 16384, 8192];

/** Fetches and compiles a variant while it streams in. */
export async function start(variant: Variant): Promise<Started> {
  // Script and module come at once. Every address is written out, so that a
  // bundler sees it.
  if (variant === "threads") {
    if (!crossOriginIsolated) {
      const message =
        "workers cannot share memory here: serve the page with COOP and COEP, or load with threads: 1";
      throw new SenseLMError("not_isolated", message);
    }
    const [runtime, module] = await Promise.all([
      import("../wasm/threads/senselm.js"),
      compile(new URL("../wasm/threads/senselm_bg.wasm", import.meta.url)),
    ]);
    const memory = sharedMemory(runtime.INITIAL_PAGES);
    await runtime.default({ module_or_path: module, memory });
    return { runtime, memory, module };
  }
  const [runtime, module] = await alone(variant);
  const { memory } = await runtime.default({ module_or_path: module });
  return { runtime: runtime as unknown as Runtime, memory, module: null };
}

/** A variant with memory of its own. */
function alone(variant: Exclude<Variant, "threads">) {
  switch (variant) {
    case "relaxed":
      return Promise.all([
        import("../wasm/relaxed/senselm.js"),
        compile(new URL("../wasm/relaxed/senselm_bg.wasm", import.meta.url)),
      ]);
    case "simd128":
      return Promise.all([
        import("../wasm/simd128/senselm.js"),
        compile(new URL("../wasm/simd128/senselm_bg.wasm", import.meta.url)),
      ]);
    case "webgpu":
      return Promise.all([
        import("../wasm/webgpu/senselm.js"),
        compile(new URL("../wasm/webgpu/senselm_bg.wasm", import.meta.url)),
      ]);
  }
}

async function compile(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url).catch((error: unknown) => {
    const message = `${url.href} cannot be reached: check that the runtime is served beside the page`;
    throw new DownloadError("bad_download", message, { cause: error });
  });
  if (!response.ok) {
    throw new DownloadError("bad_download", `${url.href} answered ${response.status}`);
  }
  const streams = response.headers.get("content-type")?.startsWith("application/wasm");
  try {
    return streams
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) {
      throw new DownloadError("bad_download", `${url.href} broke off: try again`, { cause: error });
    }
    const message =
      "the browser does not compile the runtime: allow it with script-src 'wasm-unsafe-eval', " +
      `or use a browser with WebAssembly SIMD (${error.message})`;
    throw new SenseLMError("no_wasm", message, { cause: error });
  }
}

function sharedMemory(initial: number): WebAssembly.Memory {
  for (const maximum of MAXIMUM_PAGES) {
    try {
      return new WebAssembly.Memory({ initial, maximum, shared: true });
    } catch {
      // A smaller one may have room.
    }
  }
  const message = "this device has no room for memory that workers share: load with threads: 1";
  throw new SenseLMError("out_of_memory", message);
}
