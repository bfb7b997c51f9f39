/** What runs the model, and why, as far as the package tells. */

import type { BackendChange, SenseLM } from "@senselm/web";
import type { Key, Parameters } from "../i18n/index.svelte.js";

/** Below this a model is never tried on a GPU; as `@senselm/web` documents. */
const WORTH_GPU_BYTES = 4 * 1024 * 1024;

/** A text of the interface with what it is filled in with. */
export interface Text {
  key: Key;
  parameters: Parameters;
}

/** What runs and why, and whether that is worse than it could be. */
export interface Running {
  backend: Text;
  why: Text;
  isLost: boolean;
}

/** Explains the choice of a backend. */
export function explain(
  model: Pick<SenseLM, "backend" | "variant" | "info">,
  change: BackendChange | null,
): Running {
  const { backend, variant, info } = model;
  const parameters = { kernels: isolated(info.kernels), n: info.threads, variant };
  return {
    backend: { key: backend === "gpu" ? "live.backend.gpu" : "live.backend.cpu", parameters },
    why: why(backend, info.file_bytes, change),
    isLost: change !== null,
  };
}

/** Latin words in a line of any direction keep their own. */
function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

function why(backend: string, file_bytes: number, change: BackendChange | null): Text {
  if (change !== null) {
    const key = change.backend === "gpu" ? "live.why.reopened" : "live.why.lost";
    return { key, parameters: { reason: isolated(change.reason) } };
  }
  if (backend === "gpu") {
    return { key: "live.why.gpu", parameters: {} };
  }
  if (file_bytes < WORTH_GPU_BYTES) {
    return { key: "live.why.small", parameters: {} };
  }
  if (!("gpu" in navigator)) {
    return { key: "live.why.none", parameters: {} };
  }
  return { key: "live.why.cpu", parameters: {} };
}
