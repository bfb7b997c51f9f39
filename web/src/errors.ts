/** What goes wrong, as classes with a code. */

/**
 * Every code of an error, with the class that has it.
 *
 * Codes are stable and for programs. The messages are for people, say what to
 * do, and may change.
 */
export interface ErrorCodes {
  /** An argument is not what the call takes: a window, a text, ids, a source. */
  bad_input: "InputError";
  /** An option has a name or a value that there is not. */
  bad_option: "InputError";
  /** The prompt is empty, and the model has no token that begins a text. */
  empty_prompt: "InputError";
  /** The model is a plain language model: it can `generate`, but has no question. */
  no_task: "InputError";
  /** The model was trained for another kind of question; `answer` picks the right one. */
  other_task: "InputError";
  /** The prompt and its answer do not fit into the model's context. */
  prompt_too_long: "InputError";
  /** A token id lies outside the vocabulary. */
  token_out_of_range: "InputError";
  /** A table can be read in two ways; `choices` says which options decide. */
  undecided: "InputError";

  /** The file is no model, is damaged, or is of a kind that is not supported. */
  bad_model: "ModelError";
  /** The sensor part of the file cannot be used, or is newer than this package. */
  bad_keys: "ModelError";
  /** The tokenizer in the file is damaged or belongs to another model. */
  bad_tokenizer: "ModelError";
  /** The model computes numbers that are not finite: its weights are damaged. */
  not_finite: "ModelError";
  /** The vocabulary has no tokens for a number that the task asks for. */
  unspellable: "ModelError";

  /** A file could not be fetched, or did not arrive whole. */
  bad_download: "DownloadError";
  /** The bytes that arrived do not have the SHA-256 that was asked for. */
  bad_hash: "DownloadError";

  /** Another tab is using the stored model, or a model has this name already. */
  in_use: "StorageError";
  /** This browser stores nothing here, or its storage failed. */
  no_storage: "StorageError";
  /** No model of this name is stored. */
  not_cached: "StorageError";
  /** The site has no room for the model. */
  quota: "StorageError";

  /** The call was given up through its signal, or its loop was left. */
  cancelled: "CancelledError";

  /** The model was closed; load it again. */
  closed: "SenseLMError";
  /** The runtime or one of its workers stopped; load the model again. */
  crashed: "SenseLMError";
  /** There is no GPU here, or it cannot run this model. */
  no_gpu: "SenseLMError";
  /** The kernels that were asked for do not run here. */
  no_such_kernels: "SenseLMError";
  /** The browser does not compile the runtime: a policy forbids it, or it is too old. */
  no_wasm: "SenseLMError";
  /** There is no worker: its script is not there, a policy forbids it, or this is no browser. */
  no_worker: "SenseLMError";
  /** Threads were asked for on a page that is not cross-origin isolated. */
  not_isolated: "SenseLMError";
  /** An answer cannot be expressed in JSON; please report it. */
  not_json: "SenseLMError";
  /** The worker has no model yet. */
  not_loaded: "SenseLMError";
  /** The device has no room for the model. */
  out_of_memory: "SenseLMError";
  /** Anything else; `cause` has more. */
  unexpected: "SenseLMError";
}

/** A code of an error. */
export type ErrorCode = keyof ErrorCodes;

/** The name of a class of errors. */
export type ErrorClass = ErrorCodes[ErrorCode];

/** The codes that a class of errors may have. */
export type CodeOf<Name extends ErrorClass> = {
  [Code in ErrorCode]: ErrorCodes[Code] extends Name ? Code : never;
}[ErrorCode];

/** What went wrong. The subclasses tell whose turn it is to do something. */
export class SenseLMError extends Error {
  /** What went wrong, for programs. */
  readonly code: ErrorCode;

  /**
   * An error with a code that has no class of its own; `options.cause` is what
   * led to it.
   */
  constructor(code: CodeOf<"SenseLMError">, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SenseLMError";
    this.code = code;
  }
}

/** An option of {@link TableOptions} that would decide how a table is read. */
export interface Choice {
  /** Its name. */
  option: "delimiter" | "decimal" | "times" | "headerLine" | "rateHz" | "encoding";
  /** One of the values that are possible; null where only the caller knows it. */
  value: string | number | null;
}

/** The caller passed something that cannot be answered. The model lives on. */
export class InputError extends SenseLMError {
  /** What is wrong with it. */
  declare readonly code: CodeOf<"InputError">;
  /** With the code `undecided`: what would decide. */
  readonly choices: readonly Choice[];

  /** An error about what a caller passed. */
  constructor(
    code: CodeOf<"InputError">,
    message: string,
    options?: ErrorOptions & { choices?: readonly Choice[] },
  ) {
    super(code as never, message, options);
    this.name = "InputError";
    this.choices = options?.choices ?? [];
  }
}

/** The model file is at fault; another one may do. */
export class ModelError extends SenseLMError {
  /** What is wrong with it. */
  declare readonly code: CodeOf<"ModelError">;

  /** An error about a model file. */
  constructor(code: CodeOf<"ModelError">, message: string, options?: ErrorOptions) {
    super(code as never, message, options);
    this.name = "ModelError";
  }
}

/** A file did not arrive; trying again may help. */
export class DownloadError extends SenseLMError {
  /** What happened to it. */
  declare readonly code: CodeOf<"DownloadError">;

  /** An error about a download. */
  constructor(code: CodeOf<"DownloadError">, message: string, options?: ErrorOptions) {
    super(code as never, message, options);
    this.name = "DownloadError";
  }
}

/** The browser's storage is at fault; a model can be used without keeping it. */
export class StorageError extends SenseLMError {
  /** What is wrong with it. */
  declare readonly code: CodeOf<"StorageError">;

  /** An error about stored models. */
  constructor(code: CodeOf<"StorageError">, message: string, options?: ErrorOptions) {
    super(code as never, message, options);
    this.name = "StorageError";
  }
}

/**
 * The caller gave up. Its `name` is `AbortError`, as that of the browser's own,
 * and its `cause` is the signal's reason.
 */
export class CancelledError extends SenseLMError {
  /** Always `cancelled`. */
  declare readonly code: CodeOf<"CancelledError">;

  /** An error for a call that was given up. */
  constructor(message: string, options?: ErrorOptions) {
    super("cancelled" as never, message, options);
    this.name = "AbortError";
  }
}

/** The error of a call whose signal was aborted. */
export function cancelled(signal: AbortSignal | undefined): CancelledError {
  return new CancelledError("the call was cancelled", { cause: signal?.reason });
}
