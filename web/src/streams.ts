/** Readings that come as time goes by, and the windows that they complete. */

import type { AnsweredWindow } from "./answers.js";

/** What all sensors said at one moment. */
export interface Reading {
  /** One value per channel of the model, null where it is missing. */
  values: readonly (number | null)[];
  /** When it was taken, in seconds since any fixed moment; without it no gap is seen. */
  time_s?: number;
}

/** How windows are cut out of a stream; what is left out is as the model was trained. */
export interface StreamOptions {
  /** Readings of a window. */
  length?: number;
  /** Readings from the start of one window to the start of the next. */
  stride?: number;
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

/** A window of the readings from `start` up to but not including `end`, and its answer. */
export interface StreamWindow extends AnsweredWindow {
  /** The index of its first reading since the stream was opened. */
  start: number;
  /** The index behind its last. */
  end: number;
  /** Seconds from its first reading to its last; null where they have no times. */
  span_s: number | null;
}
