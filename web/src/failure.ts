/** Errors on their way from one thread to another. */

import {
  CancelledError,
  type Choice,
  DownloadError,
  type ErrorClass,
  type ErrorCode,
  type ErrorCodes,
  InputError,
  ModelError,
  SenseLMError,
  StorageError,
} from "./errors.js";
import type { Cause, Failure } from "./protocol.js";

/** Which class has a code. */
const CLASS_OF: { readonly [Code in ErrorCode]: ErrorCodes[Code] } = {
  bad_input: "InputError",
  bad_option: "InputError",
  empty_prompt: "InputError",
  no_task: "InputError",
  other_task: "InputError",
  prompt_too_long: "InputError",
  token_out_of_range: "InputError",
  undecided: "InputError",
  bad_model: "ModelError",
  bad_keys: "ModelError",
  bad_tokenizer: "ModelError",
  not_finite: "ModelError",
  unspellable: "ModelError",
  bad_download: "DownloadError",
  bad_hash: "DownloadError",
  in_use: "StorageError",
  no_storage: "StorageError",
  not_cached: "StorageError",
  quota: "StorageError",
  cancelled: "CancelledError",
  closed: "SenseLMError",
  crashed: "SenseLMError",
  no_gpu: "SenseLMError",
  no_such_kernels: "SenseLMError",
  no_wasm: "SenseLMError",
  no_worker: "SenseLMError",
  not_isolated: "SenseLMError",
  not_json: "SenseLMError",
  not_loaded: "SenseLMError",
  out_of_memory: "SenseLMError",
  unexpected: "SenseLMError",
};

/** Which code it is, the class knows: {@link CLASS_OF} led to it. */
type Make = (code: never, message: string, options: Options) => SenseLMError;

/** What an error is made with. */
type Options = ErrorOptions & { choices?: readonly Choice[] };

/** How each class is made of what a failure says. */
const MAKE: Readonly<Record<ErrorClass, Make>> = {
  InputError: (code, message, options) => new InputError(code, message, options),
  ModelError: (code, message, options) => new ModelError(code, message, options),
  DownloadError: (code, message, options) => new DownloadError(code, message, options),
  StorageError: (code, message, options) => new StorageError(code, message, options),
  CancelledError: (_code, message, options) => new CancelledError(message, options),
  SenseLMError: (code, message, options) => new SenseLMError(code, message, options),
};

/** How many causes of causes are told. */
const MAX_CAUSES = 4;

/** What a failure looks like when it crosses to another thread. */
export function toFailure(error: unknown): Failure {
  if (error instanceof WebAssembly.RuntimeError) {
    const message = `the runtime stopped: ${error.message}; load the model again`;
    return { code: "crashed", message, cause: toCause(error, MAX_CAUSES) };
  }
  if (!(error instanceof Error)) {
    return { code: "unexpected", message: String(error), cause: null };
  }
  const code = codeOf(error);
  const known = code !== null && isErrorCode(code);
  // What nobody expected is told whole, as its own cause.
  const cause = known ? error.cause : error;
  const { message } = error;
  const failure = { message, cause: toCause(cause, MAX_CAUSES) };
  return error instanceof InputError && error.choices.length > 0
    ? { code: error.code, ...failure, choices: error.choices }
    : { code: known ? code : "unexpected", ...failure };
}

/** The error that a failure was on the other side. */
export function fromFailure({ code, message, cause, choices }: Failure): SenseLMError {
  const options = { ...(cause && { cause: fromCause(cause) }), ...(choices && { choices }) };
  return MAKE[CLASS_OF[code]](code as never, message, options);
}

function toCause(error: unknown, most: number): Cause | null {
  if (most === 0 || (error ?? null) === null) {
    return null;
  }
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), code: null, cause: null };
  }
  const { name, message } = error;
  return { name, message, code: codeOf(error), cause: toCause(error.cause, most - 1) };
}

function fromCause({ name, message, code, cause }: Cause): Error {
  if (code !== null && isErrorCode(code)) {
    return fromFailure({ code, message, cause });
  }
  const error = new Error(message, cause ? { cause: fromCause(cause) } : {});
  error.name = name;
  return code === null ? error : Object.assign(error, { code });
}

function codeOf(error: Error): string | null {
  return "code" in error && typeof error.code === "string" ? error.code : null;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(CLASS_OF, code);
}
