/**
 * What the page and the worker say to each other.
 *
 * Field names are those of the runtime's JSON, which is the same in every host.
 * Both ends import this file; neither imports the other.
 */

import type { ErrorCode } from "./errors.js";
import type { Answer, Classification, NumberAnswer, SensorWindow } from "./answers.js";
import type { Backend, BackendChange, GpuMath, Info, KvType, Speed, Variant } from "./info.js";
import type { ExpectedColumn, Recording, RecordingStep } from "./recordings.js";
import type {
  PumpDescription,
  PumpOptions,
  Reading,
  StreamOptions,
  StreamStep,
} from "./streams.js";
import type { Generated, GenerateOptions } from "./texts.js";

export type * from "./answers.js";
export type * from "./info.js";
export type * from "./recordings.js";
export type * from "./streams.js";
export type * from "./texts.js";

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

/** Why a call failed, as it crosses to another thread. */
export interface Failure {
  /** For programs. */
  code: ErrorCode;
  /** For people. */
  message: string;
  /** What led to it. */
  cause?: Cause | null;
}

/** An error behind a failure. */
export interface Cause {
  /** Its class. */
  name: string;
  /** What it says. */
  message: string;
  /** Its code, where it has one. */
  code: string | null;
  /** What led to it in turn. */
  cause: Cause | null;
}

/** Everything that the worker may send. A change belongs to no call. */
export type FromWorker =
  | { change: BackendChange }
  | { id: number; piece: string }
  | { id: number; progress: { loaded: number; total: number | null } }
  | { id: number; compiled: { done: number; total: number } }
  | { id: number; result: unknown }
  | { id: number; failure: Failure };
