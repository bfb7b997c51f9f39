/** Starts a build of the runtime, in the worker that was made for it. */

import { DownloadError, SenseLMError } from "./errors.js";

/** The generated script of one build; all have this one's shape, or less. */
export type Runtime = typeof import("../wasm/threads/senselm.js");

/**
 * A build of the runtime.
 *
 * Each has a worker of its own that imports its script as any other: a worker
 * that imported it when it knows which one would be several files, which a
 * bundler cannot make a classic worker of.
 */
export interface Build {
  /** The script, as a namespace. */
  script: object;
  /** Where the module is. */
  module: URL;
  /** Where the module is that reads tables. */
  tables: URL;
  /** Where the module is that says whether windows fit the model. */
  fits: URL;
  /** Starts what helps, where the memory is shared. */
  startHelpers?: StartHelpers;
}

/** Starts workers, so that sessions can use `threads` threads together with this one. */
export type StartHelpers = (started: Started, threads: number) => Promise<void>;

/** The runtime and the memory it works in. */
export interface Started {
  runtime: Runtime;
  memory: WebAssembly.Memory;
  /** The compiled module, which helpers can run too. */
  module: WebAssembly.Module;
}

/** Most pages of a shared memory: 4 GiB, or what a device has addresses for. */
const MAXIMUM_PAGES = [65536, 32768, 16384, 8192];

/** Fetches and compiles a build while it streams in. */
export async function start(build: Build): Promise<Started> {
  const runtime = build.script as Runtime;
  if (!build.startHelpers) {
    const module = await compile(build.module);
    const { memory } = await runtime.default({ module_or_path: module });
    return { runtime, memory, module };
  }
  if (!crossOriginIsolated) {
    const message =
      "workers cannot share memory here: serve the page with COOP and COEP, or load with threads: 1";
    throw new SenseLMError("not_isolated", message);
  }
  const module = await compile(build.module);
  const memory = sharedMemory(runtime.INITIAL_PAGES);
  await runtime.default({ module_or_path: module, memory });
  return { runtime, memory, module };
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
