/** Answers to questions about windows. */

import type { ErrorCode } from "./errors.js";
import type { StoppedBy } from "./texts.js";

/** Samples of one window: one list per channel, null where one is missing. */
export interface SensorWindow {
  /** In the order of {@link Info.channels}; not a number counts as missing too. */
  channels: readonly (readonly (number | null)[] | Float64Array | Float32Array)[];
}

/** How long a call took, in milliseconds, and over how many tokens. */
export interface Timings {
  /** From the window to token ids. */
  front_end_ms: number;
  /** The pass over the prompt. */
  prefill_ms: number;
  /** Scoring labels, or choosing one token after the other. */
  decode_ms: number;
  /** All of it. */
  total_ms: number;
  /** Tokens of the prompt. */
  prompt_tokens: number;
  /** Tokens of the prompt that were still in the cache. */
  cached_tokens: number;
  /** Tokens that were scored or chosen behind the prompt. */
  answer_tokens: number;
}

/** One label and how probable it is. */
export interface LabelProbability {
  /** The label, as the task names it. */
  label: string;
  /** Among the labels of the task, so that all add up to 1. */
  probability: number;
}

/** One of the task's labels. */
export interface Classification {
  /** The most probable label. */
  label: string;
  /** Its index among the labels of the task. */
  index: number;
  /** Its probability. */
  probability: number;
  /** Every label, in the order of the task. */
  probabilities: LabelProbability[];
  /**
   * Mean negative log-likelihood of the window, in nats a token: high where the
   * model has not seen the like. Null where `anomaly: false` was asked for, and
   * where the file says that the model never learned what windows look like.
   */
  anomaly: number | null;
  /**
   * How new the window is, over the limit that training found: above 1 it is none of
   * the labels. Null where the model cannot tell.
   */
  novelty: number | null;
  /** Whether the window is none of the labels, of which `label` is then the nearest. */
  rejected: boolean;
  /** How long it took. */
  timings: Timings;
}

/** One number that the model considered. */
export interface NumberProbability {
  /** The number. */
  value: number;
  /** Among the numbers of the task. */
  probability: number;
}

/** A number in the task's range. */
export interface NumberAnswer {
  /** The most probable number. */
  value: number;
  /** The task's unit; empty where it has none. */
  unit: string;
  /** The number as the model wrote it, with the task's decimals. */
  text: string;
  /** Its probability among the numbers of the task. */
  probability: number;
  /** The mean of the candidates, weighed by their probabilities. */
  expected: number;
  /** The numbers that the model considered, most probable first. */
  candidates: NumberProbability[];
  /** As {@link Classification.anomaly}. */
  anomaly: number | null;
  /** How long it took. */
  timings: Timings;
}

/** Free text about a window. */
export interface TextAnswer {
  /** The text, without its leading space. */
  text: string;
  /** What ended it. */
  stopped_by: StoppedBy;
  /** As {@link Classification.anomaly}. */
  anomaly: number | null;
  /** How long it took. */
  timings: Timings;
}

/** How unlike the learned a window is. */
export interface AnomalyAnswer {
  /** Whether this window alone is above the task's threshold. */
  above: boolean;
  /** The same in a word: `anomaly` or `normal`; `unknown` without a threshold. */
  text: string;
  /**
   * The score: the mean negative log-likelihood of the window, in nats a token, or
   * by the task's `run` the highest over a few samples, in nats a sample.
   */
  anomaly: number | null;
  /**
   * How unlikely each sample was, in nats: one list per channel, as long as the
   * window's; empty for a channel that writes no samples.
   */
  surprise: number[][];
  /** How long it took. */
  timings: Timings;
}

/** A {@link Classification}, among answers of every kind. */
export interface ClassificationAnswer extends Classification {
  /** Which kind of answer it is. */
  kind: "classification";
}

/** A {@link NumberAnswer}, among answers of every kind. */
export interface NumberKindAnswer extends NumberAnswer {
  /** Which kind of answer it is. */
  kind: "number";
}

/** A {@link TextAnswer}, among answers of every kind. */
export interface TextKindAnswer extends TextAnswer {
  /** Which kind of answer it is. */
  kind: "text";
}

/** An {@link AnomalyAnswer}, among answers of every kind. */
export interface AnomalyKindAnswer extends AnomalyAnswer {
  /** Which kind of answer it is. */
  kind: "anomaly";
}

/** The answer to a window, whatever the model's task. */
export type Answer = ClassificationAnswer | NumberKindAnswer | TextKindAnswer | AnomalyKindAnswer;

/** A window as it was read: plain lists, null where a sample is missing. */
export interface ReadWindow {
  /** In the order of {@link Info.channels}. */
  channels: (number | null)[][];
}

/** A window with its answer, or with why the model gives none. */
export interface AnsweredWindow {
  /** The samples. */
  window: ReadWindow;
  /** What the model says; null where it refused the window. */
  answer: Answer | null;
  /** Why there is no answer; null where there is one. */
  refused: Refusal | null;
}

/** Why a window has no answer. */
export interface Refusal {
  /** For programs. */
  code: ErrorCode;
  /** For people: what is wrong with the window. */
  message: string;
}
