/** Which backend was faster for a model on this device, kept between visits. */

import type { Backend, SentSource } from "./protocol.js";

/** A CPU computes a smaller model before a GPU has begun. */
export const WORTH_GPU_BYTES = 4 * 1024 * 1024;
/** A CPU that answers within this is not worth a GPU's round trips. */
export const WORTH_GPU_MS = 4;

/** Under this key of the page's storage. */
const KEY = "senselm.backends";
/** The most models that are remembered. */
const MOST = 200;

/** What was faster, and beside which GPU. */
export interface Known {
  gpu: string;
  backend: Backend;
}

/** The choice for one model. A page without storage measures anew. */
export class Choice {
  readonly #key: string;

  constructor(source: SentSource) {
    const cores = `${navigator.hardwareConcurrency} cores`;
    this.#key = `${named(source)}, ${cores}${crossOriginIsolated ? ", isolated" : ""}`;
  }

  /** What was found when the model was last measured. */
  remembered(): Known | null {
    const known = read()[this.#key];
    return isKnown(known) ? known : null;
  }

  /** Keeps it for later visits. */
  remember(known: Known): void {
    const others = Object.entries(read()).filter(([key]) => key !== this.#key);
    const kept = Object.fromEntries([...others.slice(1 - MOST), [this.#key, known]]);
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // No storage here, or it is full: measured again next time.
    }
  }
}

/** Whether a source may become a model that is worth a GPU. */
export function mayBeWorthGpu(source: SentSource): boolean {
  return (
    "gpu" in navigator && !(source instanceof ArrayBuffer && source.byteLength < WORTH_GPU_BYTES)
  );
}

/** What tells a model from others before it is loaded. */
function named(source: SentSource): string {
  if (typeof source === "string") {
    return source;
  }
  return `${source instanceof Blob ? source.size : source.byteLength} bytes`;
}

function isKnown(value: unknown): value is Known {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const { gpu, backend } = value as Partial<Record<keyof Known, unknown>>;
  return typeof gpu === "string" && (backend === "cpu" || backend === "gpu");
}

function read(): Record<string, unknown> {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof known === "object" && known !== null ? { ...known } : {};
  } catch {
    return {};
  }
}
