/** What the history keeps of a run. */

import type { Answer, ChannelInfo } from "@senselm/web";

/** Where the readings of a run came from. */
export type RunSource = "simulator" | "mqtt" | "serial" | "bluetooth" | "motion" | "file";

/** One moment: a value for each channel, null where one is missing. */
export interface Reading {
  values: readonly (number | null)[];
  /** The source's own clock, where it has one. */
  time_s?: number;
}

/** An answer about the readings from `start` up to but not including `end`. */
export interface AnsweredWindow {
  start: number;
  end: number;
  answer: Answer | null;
  /** Why there is no answer. */
  refused: { code: string; message: string } | null;
}

/** What a run is begun with. */
export interface RunStart {
  model: string;
  source: RunSource;
  channels: readonly ChannelInfo[];
}

/** A run as it is kept. Times are milliseconds since 1970. */
export interface Run {
  id: string;
  model: string;
  source: RunSource;
  channels: ChannelInfo[];
  started: number;
  /** When something was last written. */
  updated: number;
  /** Null while it runs, and for ever where it was interrupted. */
  ended: number | null;
  readings: number;
  answers: number;
  /** The readings and answers that were let go because the run alone passed the limit. */
  dropped: { readings: number; answers: number };
  bytes: number;
}

/** A run in the list. */
export interface ListedRun extends Run {
  state: "running" | "ended" | "interrupted";
}

/** A reading as it is kept. */
export interface KeptReading {
  /** Its number in the run, from 0. */
  index: number;
  /** When it was received. */
  at: number;
  /** NaN where the source has no clock. */
  time_s: number;
  values: (number | null)[];
}

/** An answer as it is kept. */
export interface KeptAnswer extends AnsweredWindow {
  /** When it was given. */
  at: number;
}

/** Writes a run down while it goes on. Nothing here throws or rejects. */
export interface Recorder {
  readonly id: string;
  readings(batch: readonly Reading[]): void;
  answers(batch: readonly AnsweredWindow[]): void;
  /** Writes what has not been written yet, which otherwise happens every second. */
  flush(): Promise<void>;
  end(): Promise<void>;
}
