/** Starts the workers of a page. Every address is written out, so that a bundler sees it. */

import { InputError, SenseLMError } from "./errors.js";
import type { Variant } from "./protocol.js";

/** A worker for a model, with this build of the runtime. */
export function startModelWorker(variant: Variant): Worker {
  switch (variant) {
    case "simd128":
      return started(
        () => new Worker(new URL("./worker-simd128.js", import.meta.url), { type: "module" }),
      );
    case "relaxed":
      return started(
        () => new Worker(new URL("./worker-relaxed.js", import.meta.url), { type: "module" }),
      );
    case "threads":
      return started(
        () => new Worker(new URL("./worker-threads.js", import.meta.url), { type: "module" }),
      );
    case "webgpu":
      return started(
        () => new Worker(new URL("./worker-webgpu.js", import.meta.url), { type: "module" }),
      );
    default: {
      const message = "a variant is simd128, relaxed, threads or webgpu";
      throw new InputError("bad_option", message);
    }
  }
}

/** The worker that keeps models. */
export function startCacheWorker(): Worker {
  return started(
    () => new Worker(new URL("./cache-worker.js", import.meta.url), { type: "module" }),
  );
}

/**
 * Refuses what only a browser can do where there is none: on a server that
 * renders pages, in a test under Node.
 */
export function needBrowser(): void {
  if (typeof Worker === "undefined" || typeof location === "undefined") {
    throw new SenseLMError("no_worker", NO_BROWSER);
  }
}

function started(start: () => Worker): Worker {
  needBrowser();
  try {
    return start();
  } catch (error) {
    // Another origin, or a policy.
    throw new SenseLMError("no_worker", NO_WORKER, { cause: error });
  }
}

const NO_BROWSER =
  "models run in a browser, and this is none, as it has no workers: call this when the page has " +
  "loaded, behind a check for typeof window, say, and run a model in Node or on a server with the " +
  "senselm program";

/** Why a worker's script does not come. */
export const NO_WORKER =
  "the package's worker cannot be started: serve its files beside index.js from the page's own " +
  "origin, and allow it with worker-src 'self'; where a development server moved index.js away " +
  'from them, tell it not to: optimizeDeps: { exclude: ["@senselm/web"] } in the configuration of Vite';
