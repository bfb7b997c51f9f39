/** Recordings: what they hold, and what a model expects of them. */

import type { AnsweredWindow, ReadWindow } from "./answers.js";

/** A recording as it was read. */
export interface Recording {
  /** Its windows. */
  records: Labelled[];
  /** The rows that were skipped. */
  bad: BadRow[];
  /** What else a reader should know. */
  warnings: string[];
}

/** One window of a recording. */
export interface Labelled {
  /** Its samples. */
  window: ReadWindow;
  /** The true answer, where the file has one. */
  truth: Truth | null;
  /** Where it is. */
  place: Place;
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
export interface Place {
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
  place: Place;
}
