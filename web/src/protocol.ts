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

/** What the simulated pump can do. */
export interface PumpDescription {
  /** The conditions that it can be put into. */
  conditions: string[];
  /** How many readings it gives a second. */
  sample_rate_hz: number;
}

/** What all sensors said at one moment. */
export interface Reading {
  /** One value per channel of the model, null where it is missing. */
  values: readonly (number | null)[];
  /** When it was taken, in seconds since any fixed moment. Without it no gap is seen. */
  time_s?: number;
}

/** How windows are cut out of a stream; what is left out is as the model was trained. */
export interface StreamOptions {
  /** Readings of a window. */
  length?: number;
  /** Readings from the start of one window to the start of the next. */
  stride?: number;
}

/** A window with its answer, or with why the model gives none. */
export interface AnsweredWindow {
  /** The samples. */
  window: { channels: (number | null)[][] };
  /** What the model says; null where it refused the window. */
  answer: Answer | null;
  /** Why there is no answer; null where there is one. */
  refused: Failure | null;
}

/** A window of the readings from `start` up to but not including `end`, counted from 0. */
export interface StreamWindow extends AnsweredWindow {
  /** The index of its first reading since the stream was opened. */
  start: number;
  /** The index behind its last. */
  end: number;
}

/** What became of some readings. */
export interface StreamStep {
  /** The windows that they completed. */
  answered: StreamWindow[];
  /** Breaks in time that no window spans. */
  gaps: number;
  /** Readings that are in no window because of them. */
  dropped: number;
}

/** A column that recordings for a model have. */
export interface ExpectedColumn {
  /** What it is read as; `window` is a whole window in each cell. */
  role: "channel" | "window" | "time" | "truth";
  /** The channel's name, or how the model's own recordings call the column. */
  name: string;
  /** Where the model's own recordings have it: by its title, or its position from 0. */
  source: string | number;
  /** The unit of its samples; empty where there is none. */
  unit: string;
  /** Samples a second, where the model says so. */
  sample_rate_hz: number | null;
  /** Whether a recording can be read without it. */
  required: boolean;
}

/** A window of a recording, and what the model says about it. */
export interface AnsweredRecord extends AnsweredWindow {
  /** The right answer, where the recording has it. */
  truth: Truth | null;
  /** The row that completed it, counted from 1, and its line. */
  place: { line: number; row: number };
}

/** What became of some rows. */
export interface RecordingStep {
  /** The windows that they completed. */
  answered: AnsweredRecord[];
  /** The rows that could not be used. */
  bad: BadRow[];
}

/** Where a model comes from. Bytes are handed over, not copied. */
export type ModelSource = string | Blob | ArrayBuffer;

/** Every call: what it takes and what it gives. */
export interface Calls {
  load: {
    takes: {
      source: ModelSource;
      variant: Variant;
      backend: Backend;
      threads: number;
      kernels?: string;
      anomaly?: boolean;
      kv?: KvType;
      gpu_math?: GpuMath;
    };
    gives: Info;
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
  embed: { takes: { what: string | SensorWindow }; gives: Float32Array };
  expects: { takes: null; gives: ExpectedColumn[] };
  suggestColumns: { takes: { header: readonly string[] }; gives: (number | null)[] };
  /** Gives a handle, as `openStream` does. */
  openRecording: {
    takes: { header: readonly string[]; columns: readonly (number | null)[] };
    gives: number;
  };
  pushRows: {
    takes: { recording: number; rows: readonly (readonly string[])[] };
    gives: RecordingStep;
  };
  /** Gives warnings. */
  closeRecording: { takes: { recording: number }; gives: string[] };
  openStream: { takes: StreamOptions; gives: number };
  pushReadings: { takes: { stream: number; readings: readonly Reading[] }; gives: StreamStep };
  /** Gives how many readings are in no window. */
  resetStream: { takes: { stream: number }; gives: number };
  closeStream: { takes: { stream: number }; gives: null };
  pump: { takes: PumpOptions; gives: PumpDescription };
  pumpCondition: { takes: { condition: string }; gives: null };
  pumpReadings: { takes: { count: number }; gives: Reading[] };
}

/** A name of a call. */
export type Call = keyof Calls;

/** A call on its way to the worker. `id` is unique to the worker. */
export type Request = { [C in Call]: { id: number; call: C; takes: Calls[C]["takes"] } }[Call];

/** Asks for the end of the call with this id; the call still answers. */
export interface Cancel {
  cancel: number;
}

/** Everything that the worker may be sent. */
export type ToWorker = Request | Cancel;

/** Why a call failed. `code` is for programs, `message` for people. */
export interface Failure {
  code: string;
  message: string;
}

/** Everything that the worker may send. A change belongs to no call. */
export type FromWorker =
  | { change: BackendChange }
  | { id: number; piece: string }
  | { id: number; progress: { loaded: number; total: number | null } }
  | { id: number; compiled: { done: number; total: number } }
  | { id: number; result: unknown }
  | { id: number; failure: Failure };
