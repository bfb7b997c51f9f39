/**
 * What the page and the worker say to each other, and the shapes of answers.
 *
 * Field names are those of the runtime's JSON, which is the same in every host.
 * Both ends import this file; neither imports the other.
 */

/**
 * Which build of the runtime is used; `threads` is `relaxed` with shared memory,
 * `webgpu` is `simd128` with what it takes to run on a GPU.
 */
export type Variant = "simd128" | "relaxed" | "threads" | "webgpu";

/** What runs a model. */
export type Backend = "cpu" | "gpu";

/**
 * How a GPU computes passes of many tokens: in f32, or, where it has instructions
 * for it, rounded to bytes as on the CPU, or to binary16.
 */
export type GpuMath = "exact" | "rounded";

/** A GPU failed in the middle of something, which was done again. */
export interface BackendChange {
  /** What runs the model since: the GPU, opened again, or the CPU. */
  backend: Backend;
  /** What had happened. */
  reason: string;
}

/** How fast a model is on its backend, in milliseconds. */
export interface Speed {
  /** A prompt of 64 tokens, or of half the context. */
  prompt_ms: number;
  /** A token behind it. */
  token_ms: number;
  /** A typical question of the model's task, estimated from these. */
  question_ms: number;
}

/** What cached keys and values are kept as. */
export type KvType = "F32" | "F16" | "Q8_0";

/** Samples of one window: one list per channel, null where one is missing. */
export interface SensorWindow {
  channels: readonly (readonly (number | null)[] | Float64Array | Float32Array)[];
}

/** How long an answer took, in milliseconds, and over how many tokens. */
export interface Timings {
  front_end_ms: number;
  prefill_ms: number;
  decode_ms: number;
  total_ms: number;
  prompt_tokens: number;
  cached_tokens: number;
  answer_tokens: number;
}

/** One label and how probable it is. */
export interface LabelProbability {
  label: string;
  probability: number;
}

/** One of the task's labels. */
export interface Classification {
  label: string;
  index: number;
  probability: number;
  probabilities: LabelProbability[];
  /** Mean negative log-likelihood of the window, in nats a token. */
  anomaly: number | null;
  timings: Timings;
}

/** A number in the task's range. */
export interface NumberAnswer {
  value: number;
  unit: string;
  text: string;
  probability: number;
  expected: number;
  candidates: { value: number; probability: number }[];
  anomaly: number | null;
  timings: Timings;
}

/** What ended a text. */
export type StoppedBy = "end" | "max_tokens" | "context" | "cancelled" | { stop: string };

/** Free text. */
export interface TextAnswer {
  text: string;
  stopped_by: StoppedBy;
  anomaly: number | null;
  timings: Timings;
}

/** The answer to a window, whatever the model's task. */
export type Answer =
  | ({ kind: "classification" } & Classification)
  | ({ kind: "number" } & NumberAnswer)
  | ({ kind: "text" } & TextAnswer);

/** A generated text. */
export interface Generated {
  text: string;
  tokens: number[];
  stopped_by: StoppedBy;
  dropped_tokens: number;
  timings: Timings;
}

/** How to choose among tokens; what is left out is greedy. */
export interface Sampling {
  temperature?: number;
  top_k?: number;
  top_p?: number;
  min_p?: number;
  repetition_penalty?: number;
  repetition_window?: number;
  seed?: number;
}

/** How to generate text. */
export interface GenerateOptions {
  max_tokens?: number;
  sampler?: Sampling;
  stop?: readonly string[];
  on_overflow?: "error" | "keep_end";
  parse_special?: boolean;
  ignore_end?: boolean;
}

/** A channel of the model's front end. */
export interface ChannelInfo {
  name: string;
  unit: string;
  sample_rate_hz: number | null;
}

/** What the model is asked about a window. */
export interface Task {
  kind: "classify" | "number" | "generate";
  labels?: string[];
  [setting: string]: unknown;
}

/** What is known about a model. */
export interface Info {
  architecture: string;
  name: string | null;
  parameters: number;
  quantization: string;
  layers: number;
  heads: number;
  width: number;
  context: number;
  vocab: number;
  kernels: string;
  /** How many threads work on a pass, where it is large enough. */
  threads: number;
  /** What cached keys and values are kept as. */
  kv: KvType;
  file_bytes: number;
  task: Task | null;
  channels: ChannelInfo[];
  min_samples: number;
  max_samples: number;
  card: Record<string, unknown> | null;
  metrics: Record<string, unknown> | null;
  recipe_sha256: string | null;
}

/** The true answer of a record, where its file knows it. */
export type Truth = { label: number } | { number: number } | { text: string };

/** One window of a recording. */
export interface Labelled {
  window: { channels: (number | null)[][] };
  truth: Truth | null;
  place: { line: number; row: number };
}

/** A row of a recording that could not be used. */
export interface BadRow {
  line: number;
  column: number;
  row: number;
  name: string;
  reason: string;
}

/** A recording as it was read. */
export interface Recording {
  records: Labelled[];
  bad: BadRow[];
  warnings: string[];
}

/** What the simulated pump does. */
export interface PumpOptions {
  seed: number;
  condition: string;
}

/** Readings of the simulated pump, and what the model said about them. */
export interface PumpStep {
  /** The index of the first reading since the pump started. */
  start: number;
  /** Readings of each channel, null where the sensor dropped out. */
  channels: (number | null)[][];
  /** The windows that these readings completed. */
  answers: PumpAnswer[];
}

/** An answer about the readings from `start` up to but not including `end`. */
export interface PumpAnswer {
  start: number;
  end: number;
  answer: Answer;
}

/** Where a model comes from. Bytes are handed over, not copied. */
export type ModelSource = string | Blob | ArrayBuffer;

/**
 * How a load uses the cache: `prefer` takes what is kept without asking the
 * server, `revalidate` asks whether it has changed, `reload` fetches it anew,
 * and `none` neither looks nor keeps.
 */
export type CacheMode = "prefer" | "revalidate" | "reload" | "none";

/** A model that is kept in the browser. */
export interface CachedModel {
  /** What `load` takes: the name it was installed under, or its address. */
  name: string;
  /** Where it came from; null where that was a file. */
  url: string | null;
  bytes: number;
  /** Of the whole file, in hexadecimal. */
  sha256: string;
  /** When, as ISO 8601. */
  installed: string;
  /** When it was last loaded, as ISO 8601. */
  used: string;
  /** The version, as the server names it. */
  etag: string | null;
}

/** What is kept in the browser, in bytes. */
export interface StorageUsage {
  /** What the models take. */
  models: number;
  /** What everything of this origin takes, as far as the browser tells. */
  used: number;
  /** What this origin may take; null where the browser does not say. */
  quota: number | null;
  /** Whether the browser promised not to clear it for want of space. */
  persisted: boolean;
  /** What models are kept in. */
  store: "opfs" | "indexeddb";
}

/** Every call: what it takes and what it gives. */
export interface Calls {
  load: {
    takes: {
      /** An address is absolute. */
      source: ModelSource;
      /** The text that was given for a source, which may be a model's name. */
      name: string | null;
      cache: CacheMode;
      sha256: string | null;
      variant: Variant;
      backend: Backend;
      threads: number;
      kernels?: string;
      anomaly?: boolean;
      kv?: KvType;
      gpu_math?: GpuMath;
    };
    /** `uncached` is why the model should be kept and is not. */
    gives: { info: Info; cached: boolean; uncached: Failure | null };
  };
  measure: { takes: null; gives: Speed };
  answer: { takes: { window: SensorWindow }; gives: Answer };
  classify: { takes: { window: SensorWindow }; gives: Classification };
  number: { takes: { window: SensorWindow }; gives: NumberAnswer };
  score: { takes: { window: SensorWindow }; gives: number };
  prompt: { takes: { window: SensorWindow }; gives: string };
  generate: {
    /** A value other than 0 in `stop` ends the text after its current token. */
    takes: { prompt: string; options: GenerateOptions; stop: SharedArrayBuffer | null };
    gives: Generated;
  };
  logits: { takes: { ids: readonly number[] | Uint32Array; all: boolean }; gives: Float32Array };
  tokenize: { takes: { text: string }; gives: Uint32Array };
  readCsv: { takes: { csv: ArrayBuffer }; gives: Recording };
  pump: { takes: PumpOptions; gives: { conditions: string[]; sample_rate_hz: number } };
  pumpCondition: { takes: { condition: string }; gives: null };
  pumpStep: { takes: { readings: number }; gives: PumpStep };
}

/** Every call to the worker that keeps models. */
export interface CacheCalls {
  list: { takes: null; gives: CachedModel[] };
  has: { takes: { name: string }; gives: boolean };
  remove: { takes: { name: string }; gives: null };
  usage: { takes: null; gives: StorageUsage };
  install: {
    takes: {
      /** An address is absolute. */
      source: string | Blob;
      name: string | null;
      sha256: string | null;
      replace: boolean;
    };
    gives: CachedModel;
  };
}

/** The shape of `Calls`, whatever the calls are. */
export type AnyCalls<All> = { [C in keyof All]: { takes: unknown; gives: unknown } };

/** A name of a call. */
export type Call = keyof Calls;

/** A call on its way to the worker. `id` is unique to the worker. */
export type Request<All extends AnyCalls<All> = Calls> = {
  [C in keyof All]: { id: number; call: C; takes: All[C]["takes"] };
}[keyof All];

/** Asks for the end of the call with this id; the call still answers. */
export interface Cancel {
  cancel: number;
}

/** Everything that the worker may be sent. */
export type ToWorker<All extends AnyCalls<All> = Calls> = Request<All> | Cancel;

/** Why a call failed. `code` is for programs, `message` for people. */
export interface Failure {
  code: string;
  message: string;
  /** What the browser said, where it was the browser. */
  cause?: { name: string; message: string };
}

/** Everything that the worker may send. A change belongs to no call. */
export type FromWorker =
  | { change: BackendChange }
  | { id: number; piece: string }
  | { id: number; progress: { loaded: number; total: number | null } }
  | { id: number; compiled: { done: number; total: number } }
  | { id: number; result: unknown }
  | { id: number; failure: Failure };
