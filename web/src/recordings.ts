/** Windows that were read from a recording or taken from the simulated pump. */

import type { Answer } from "./answers.js";

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

/** A window as it was read: plain lists, null where a sample is missing. */
export interface ReadWindow {
  /** In the order of {@link Info.channels}. */
  channels: (number | null)[][];
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

/** What the simulated pump does. */
export interface PumpOptions {
  /** The same seed gives the same readings. */
  seed: number;
  /** The condition it begins in. */
  condition: string;
}

/** The simulated pump, as it was started. */
export interface PumpDescription {
  /** The conditions it can be put into. */
  conditions: string[];
  /** Readings a second. */
  sample_rate_hz: number;
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
  /** The index of its first reading since the pump started. */
  start: number;
  /** The index behind its last reading. */
  end: number;
  /** What the model said. */
  answer: Answer;
}
