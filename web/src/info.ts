/** What is known about a model, and what runs it. */

/** What is known about a model. */
export interface Info {
  /** The family of models: `gpt2`. */
  architecture: string;
  /** The model's name, where the file has one. */
  name: string | null;
  /** How many numbers it has learned. */
  parameters: number;
  /** The types of its matrices, the most frequent first. */
  quantization: string;
  /** Number of layers. */
  layers: number;
  /** Number of attention heads. */
  heads: number;
  /** Embedding width. */
  width: number;
  /** The longest prompt and text together, in tokens. */
  context: number;
  /** Vocabulary size. */
  vocab: number;
  /** The kernels that compute it on the CPU. */
  kernels: string;
  /** How many threads work on a pass, where it is large enough. */
  threads: number;
  /** What cached keys and values are kept as. */
  kv: KvType;
  /** Size of the file. */
  file_bytes: number;
  /** What is asked about a window; null for a plain language model. */
  task: Task | null;
  /** What a window consists of; empty for a plain language model. */
  channels: ChannelInfo[];
  /** The fewest samples of a channel of a window; 0 for a plain language model. */
  min_samples: number;
  /** The most samples of a channel of a window; 0 for a plain language model. */
  max_samples: number;
  /** Name, description, provenance of the data and licence, as the file has them. */
  card: Record<string, unknown> | null;
  /** What was measured after training, as the file has it. */
  metrics: Record<string, unknown> | null;
  /** Hash of the recipe that the model was trained by. */
  recipe_sha256: string | null;
}

/** A channel of the model's front end. */
export interface ChannelInfo {
  /** Its name. */
  name: string;
  /** The unit of its samples; empty where it has none. */
  unit: string;
  /** Samples a second, where the model says so. */
  sample_rate_hz: number | null;
}

/** What the model is asked about a window. */
export type Task = ClassifyTask | NumberTask | GenerateTask | AnomalyTask;

/** The question which of some labels a window has. */
export interface ClassifyTask {
  /** Which kind of question it is. */
  kind: "classify";
  /** The labels, as the model writes them. */
  labels: string[];
  /** Where a recording spells labels otherwise: what it has, and the label that is meant. */
  label_values?: Record<string, string>;
  /** The column of a recording that holds the truth, by its name or position. */
  column: string | number;
  /** What scores are divided by before they become probabilities; left out where it is 1. */
  temperature?: number;
}

/** The question for a number. */
export interface NumberTask {
  /** Which kind of question it is. */
  kind: "number";
  /** The smallest number that can be answered. */
  min: number;
  /** The largest number that can be answered. */
  max: number;
  /** Digits behind the point. */
  decimals: number;
  /** Digits before the point, padded with zeros; left out where they are not. */
  width?: number;
  /** The unit; empty where it has none. */
  unit: string;
  /** As {@link ClassifyTask.column}. */
  column: string | number;
  /** There are none; so a task's labels can be asked for whatever its kind. */
  labels?: never;
}

/** The question for free text. */
export interface GenerateTask {
  /** Which kind of question it is. */
  kind: "generate";
  /** The most tokens of an answer. */
  max_tokens: number;
  /** As {@link ClassifyTask.column}. */
  column: string | number;
  /** As {@link NumberTask.labels}. */
  labels?: never;
}

/** No question: how unlike the learned a window is, and when that is an alarm. */
export interface AnomalyTask {
  /** Which kind of question it is. */
  kind: "anomaly";
  /**
   * The score is the highest mean over so many samples of a channel; without it the
   * mean over all tokens.
   */
  run?: number;
  /** An alarm begins with a smoothed score above this, in nats. */
  threshold?: number;
  /** Where the threshold is, with 95 %. */
  threshold_interval?: [low: number, high: number];
  /** The share of normal windows that are to be an alarm. */
  false_alarm_rate: number;
  /** How many normal windows the threshold was found on. */
  held_back: number;
  /** An alarm ends with a smoothed score below this; the threshold without it. */
  release?: number;
  /** The weight of a new score in the smoothed one; 1 does not smooth. */
  smooth: number;
  /** The median score of normal windows. */
  usual: number;
  /** The weight of a new score in the baseline; 0 follows no drift. */
  drift: number;
  /** The baseline has drifted where it is above this. */
  drifted?: number;
  /** There is no right answer. */
  column?: never;
  /** As {@link NumberTask.labels}. */
  labels?: never;
}

/** What cached keys and values are kept as. */
export type KvType = "F32" | "F16" | "Q8_0";

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
