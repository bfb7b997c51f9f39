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
    const { cause } = error;
    const told = cause instanceof Error ? { name: cause.name, message: cause.message } : null;
    return { code, message: error.message, ...(told && { cause: told }) };
  }
  return { code: "unexpected", message: String(error) };
}

/** The error that a failure was on the other side. */
export function fromFailure({ code, message, cause }: Failure): SenseLMError {
  if (!cause) {
    return new SenseLMError(code, message);
  }
  const original = new Error(cause.message);
  original.name = cause.name;
  return new SenseLMError(code, message, { cause: original });
}
