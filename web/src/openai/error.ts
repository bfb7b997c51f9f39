/** Errors in the shape of OpenAI's. */

import { CancelledError, InputError, SenseLMError } from "../index.js";

/** What an error response of the API holds. */
export interface ErrorBody {
  /** What is wrong, for people. */
  message: string;
  /** Whose fault it is. */
  type: "invalid_request_error" | "server_error";
  /** The parameter that is at fault, where it is one. */
  param: string | null;
  /** What is wrong, for programs. */
  code: string | null;
}

/** What a server answers with an error. */
export interface ErrorResponse {
  /** The error. */
  error: ErrorBody;
}

/** A request that failed, with the status that a server would have answered. */
export class APIError extends Error {
  /** 400 for a request that cannot be honoured, 404 for an unknown model, 500 otherwise. */
  readonly status: number;
  /** The body that a server would have answered. */
  readonly error: ErrorBody;

  /** An error with a status and a body; `options.cause` is what led to it. */
  constructor(status: number, error: ErrorBody, options?: ErrorOptions) {
    super(error.message, options);
    this.name = "APIError";
    this.status = status;
    this.error = error;
  }

  /** As {@link ErrorBody.type}. */
  get type(): ErrorBody["type"] {
    return this.error.type;
  }

  /** As {@link ErrorBody.param}. */
  get param(): string | null {
    return this.error.param;
  }

  /** As {@link ErrorBody.code}. */
  get code(): string | null {
    return this.error.code;
  }

  /** The response of a server: `{error: {message, type, param, code}}`. */
  toJSON(): ErrorResponse {
    return { error: this.error };
  }
}

/** A request that cannot be honoured. */
export function refused(param: string | null, code: string, message: string): APIError {
  return new APIError(400, { message, type: "invalid_request_error", param, code });
}

/**
 * What went wrong in the model, in the shape of the API. `prompt` is the
 * parameter that the prompt comes from. A call that was given up stays what it
 * is: an `AbortError`.
 */
export function inShape(error: unknown, prompt: string): unknown {
  if (!(error instanceof SenseLMError) || error instanceof CancelledError) {
    return error;
  }
  const { code, message } = error;
  if (!(error instanceof InputError)) {
    const body: ErrorBody = { message, type: "server_error", param: null, code };
    return new APIError(500, body, { cause: error });
  }
  const tooLong = code === "prompt_too_long";
  const body: ErrorBody = {
    message,
    type: "invalid_request_error",
    param: tooLong ? prompt : null,
    code: tooLong ? "context_length_exceeded" : code,
  };
  return new APIError(400, body, { cause: error });
}
