/** Recordings: what they hold, and what a model expects of them. */

import type { AnsweredWindow, ReadWindow } from "./answers.js";
import type { Fits } from "./fits.js";

/** A recording as it was read. */
export interface Recording {
  /** Its windows. */
  records: Labelled[];
  /** The rows that were skipped. */
  bad: BadRow[];
  /** What else a reader should know. */
  warnings: string[];
  /** Whether it is of the kind that the model was trained on. */
  fits: Fits;
}

/** One window of a recording. */
export interface Labelled {
  /** Its samples. */
  window: ReadWindow;
  /** The true answer, where the file has one. */
  truth: Truth | null;
  /** Where it is. */
  place: Position;
}

/** The true answer of a record, where its file knows it. */
export type Truth = TrueLabel | TrueNumber | TrueText;

/** The index of the true label. */
export interface TrueLabel {
  /** Among the labels of the task. */
  label: number;
}

/** The true number. */
export interface TrueNumber {
  /** In the task's unit. */
  number: number;
}

/** The true text. */
export interface TrueText {
  /** As the recording has it. */
  text: string;
}

/** Where a record is in its file. */
export interface Position {
  /** The line, from 1; of a window over several rows that of the last one. */
  line: number;
  /** The row of data, from 1, counted without the header. */
  row: number;
}

/** A row of a recording that could not be used. */
export interface BadRow {
  /** The line of the cell that is at fault, from 1. */
  line: number;
  /** The byte of that line where the cell begins, from 1. */
  column: number;
  /** The row of data, from 1. */
  row: number;
  /** The name of the cell's column; empty where it has none. */
  name: string;
  /** What is wrong. */
  reason: string;
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
  /** Whether no recording can be read without it. */
  required: boolean;
}

/** What is known of how a table is written; what is left out is found out. */
export interface TableOptions {
  /** What stands between fields: `comma`, `semicolon`, `tab`, `pipe`, `space`. */
  delimiter?: string;
  /** What stands before decimals: `point` or `comma`. */
  decimal?: string;
  /**
   * How times are written: `s`, `ms`, `us`, `ns`, `min`, `h`, `days`, `ymd`, `dmy`,
   * `mdy` or `clock`.
   */
  times?: string;
  /** The line that names the columns, from 1; 0 where none does. */
  headerLine?: number;
  /**
   * Readings a second; times are then left out of account. Another rate than the
   * model's is refused.
   */
  rateHz?: number;
  /**
   * For each channel `[scale, offset]` where its numbers are those that the model takes
   * times the one plus the other, as a finding `converted` says it; null for as they are.
   */
  converted?: readonly ([number, number] | null)[];
  /** The encoding of the bytes, as `TextDecoder` calls it; UTF-8 and UTF-16 are found out. */
  encoding?: string;
}

/** What a model wants of a recording, for who reads the rows of one. */
export interface RecordingWants {
  /** Its columns: channels or windows, then the time, last the truth. */
  columns: ExpectedColumn[];
  /** What one row holds. */
  rows: WantedRows;
  /** Whether truths are numbers, and not labels or texts. */
  number: boolean;
}

/** What one row of a recording holds. */
export type WantedRows =
  WantedArrays | WantedList | WantedLists | WantedSideBySide | WantedReadings | WantedStream;

/** A whole window in one cell. */
export interface WantedArrays {
  /** Each channel is an array. */
  kind: "arrays";
  /** The channels, in their order. */
  channels: WantedChannel[];
}

/** One reading in one cell, which is a window. */
export interface WantedList {
  /** The channels are a list. */
  kind: "list";
  /** The channels, in their order. */
  channels: WantedChannel[];
}

/** A whole window, with a field for each channel. */
export interface WantedLists {
  /** A field holds the list of a channel's samples. */
  kind: "lists";
}

/** A whole window, with a field for each sample. */
export interface WantedSideBySide {
  /** The columns of a channel are its first one and those whose titles go on counting. */
  kind: "side_by_side";
  /** The fewest samples of a window. */
  least: number;
  /** The most. */
  most: number;
}

/** A field for each channel. */
export interface WantedReadings {
  /** One reading, which is a window. */
  kind: "readings";
}

/** One reading of a stream that is cut into windows. */
export interface WantedStream {
  /** A field for each channel, and perhaps one for the time. */
  kind: "stream";
  /** Whether windows have more than one reading, so that order and rate matter. */
  several: boolean;
  /** Readings a second, where that is known. */
  rate_hz: number | null;
  /** The longest time between two readings that is no gap, in seconds. */
  longest_s: number | null;
}

/** A channel of a cell that holds several. */
export interface WantedChannel {
  /** What it is called. */
  name: string;
  /** Its array, by name or position; its position in a list. */
  source: WantedSource;
}

/** A title, or a position from 0. */
export type WantedSource = string | number;

/** What is known of a recording before its first row. */
export interface NumbersOptions {
  /** Whether its rows have truths. */
  truth?: boolean;
  /** What its times are given to, in seconds, where that is more than one. */
  resolution_s?: number;
  /** Seconds from one time to the next, where a user should look at it. */
  step_s?: number;
  /** Readings a second, where somebody knows better than the times. */
  rate_hz?: number;
  /**
   * For each channel `[scale, offset]` where its numbers are those that the model takes
   * times the one plus the other, as a finding `converted` says it; null for as they are.
   */
  converted?: readonly ([number, number] | null)[];
}

/** Rows of a recording as numbers, in arrays with an entry for each row. */
export interface NumberRows {
  /**
   * 0 where it was read, 1 where it could not be, 2 where it is the header once more; 3, 4,
   * 5 or 6 where it could not be for its unit, rate, order or scale.
   */
  states: Uint8Array<ArrayBuffer>;
  /** The line it begins at. */
  lines: Uint32Array<ArrayBuffer>;
  /** Row after row the numbers of its channels, NaN where one is missing. */
  values: Float64Array<ArrayBuffer>;
  /** How many each channel of each row has; null for one each. */
  lengths: Uint32Array<ArrayBuffer> | null;
  /** Its time in seconds, NaN where it has none; null where no row has one. */
  times: Float64Array<ArrayBuffer> | null;
  /**
   * Its truth: a text, empty where there is none; or a number, NaN where there is
   * none and infinite where its cell holds no number. Null where no row has one.
   */
  truths: string[] | Float64Array<ArrayBuffer> | null;
  /** Why the first of those is no number. */
  odd: string | null;
  /** Whether times are dates. */
  dates: boolean;
}

/** A row whose window a model does not take. */
export interface RefusedRow {
  /** The row of data, from 1. */
  row: number;
  /** What is wrong. */
  reason: string;
}

/** What became of some rows of numbers. */
export interface NumbersStep {
  /** The windows that they completed. */
  answered: AnsweredRecord[];
  /** The rows whose windows the model does not take. */
  bad: RefusedRow[];
}

/** What became of some rows of a recording. */
export interface RecordingStep {
  /** The windows that they completed. */
  answered: AnsweredRecord[];
  /** The rows that could not be used. */
  bad: BadRow[];
}

/** A window of a recording, and what the model says about it. */
export interface AnsweredRecord extends AnsweredWindow {
  /** The true answer, where the recording has one. */
  truth: Truth | null;
  /** The row that completed it. */
  place: Position;
}
