/** The one error class of the package. */

import type { Failure } from "./protocol.js";

/** What went wrong: `code` is stable and for programs, the message for people. */
export class SenseLMError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SenseLMError";
    this.code = code;
  }
}

/** What a failure looks like when it crosses to another thread. */
export function toFailure(error: unknown): Failure {
  if (error instanceof WebAssembly.RuntimeError) {
    return { code: "crashed", message: `the runtime stopped: ${error.message}` };
  }
  if (error instanceof Error) {
    const code = "code" in error && typeof error.code === "string" ? error.code : "unexpected";
    return { code, message: error.message };
  }
  return { code: "unexpected", message: String(error) };
}
