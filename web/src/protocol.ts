/**
 * What the page and the worker say to each other.
 *
 * Field names are those of the runtime's JSON, which is the same in every host.
 * Both ends import this file; neither imports the other.
 */

import type { Choice, ErrorCode } from "./errors.js";
import type { CachedModel, CacheMode, StorageUsage } from "./cached.js";
import type { Answer, Classification, NumberAnswer, SensorWindow } from "./answers.js";
import type { Fits, StatedOptions } from "./fits.js";
import type { Backend, BackendChange, GpuMath, Info, KvType, Speed } from "./info.js";
import type {
  ExpectedColumn,
  NumberRows,
  NumbersOptions,
  NumbersStep,
  Recording,
  RecordingStep,
  RecordingWants,
  TableOptions,
} from "./recordings.js";
import type { Reading, StreamOptions, StreamStep } from "./streams.js";
import type { Generated, GenerateOptions } from "./texts.js";

export type * from "./answers.js";
export type * from "./cached.js";
export type * from "./fits.js";
export type * from "./info.js";
export type * from "./recordings.js";
export type * from "./streams.js";
export type * from "./texts.js";

/** Where a model comes from, as the worker is told. */
export type SentSource = string | Blob | ArrayBuffer;

/** Every call: what it takes and what it gives. */
export interface Calls {
  load: {
    takes: {
      /** An address is absolute. */
      source: SentSource;
      /** The text that was given for a source, which may be a model's name. */
      name: string | null;
      cache: CacheMode;
      sha256: string | null;
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
  generate: { takes: { prompt: string; options: GenerateOptions }; gives: Generated };
  logits: { takes: { ids: readonly number[] | Uint32Array; all: boolean }; gives: Float32Array };
  tokenize: { takes: { text: string }; gives: Uint32Array };
  readCsv: { takes: { csv: ArrayBuffer; options: TableOptions }; gives: Recording };
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
  wants: { takes: null; gives: RecordingWants };
  /** Gives a handle of the same kind. */
  openNumbers: { takes: NumbersOptions; gives: number };
  pushNumbers: { takes: { recording: number; rows: NumberRows }; gives: NumbersStep };
  /** Takes rows of numbers without answering their windows. */
  look: { takes: { recording: number; rows: NumberRows }; gives: null };
  fitsRecording: { takes: { recording: number; stated: StatedOptions }; gives: Fits };
  /** Gives warnings. */
  closeRecording: { takes: { recording: number }; gives: string[] };
  openStream: { takes: StreamOptions; gives: number };
  pushReadings: { takes: { stream: number; readings: readonly Reading[] }; gives: StreamStep };
  fitsStream: { takes: { stream: number }; gives: Fits };
  /** Gives how many readings are in no window. */
  resetStream: { takes: { stream: number }; gives: number };
  closeStream: { takes: { stream: number }; gives: null };
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

/** Why a call failed, as it crosses to another thread. */
export interface Failure {
  /** For programs. */
  code: ErrorCode;
  /** For people. */
  message: string;
  /** What led to it. */
  cause?: Cause | null;
  /** What would decide between two readings. */
  choices?: readonly Choice[];
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
