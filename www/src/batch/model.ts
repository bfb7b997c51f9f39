/** What the batch view needs of a model. */

import type { Answer, BadRow, Info, SensorWindow, Truth } from "@senselm/web";

/** A column that recordings for a model have. */
export interface ExpectedColumn {
  role: "channel" | "window" | "time" | "truth";
  name: string;
  source: string | number;
  unit: string;
  sample_rate_hz: number | null;
  required: boolean;
}

/** A window that rows completed, and what the model said about it. */
export interface AnsweredRecord {
  window: { channels: (number | null)[][] };
  truth: Truth | null;
  place: { line: number; row: number };
  answer: Answer | null;
  refused: { code: string; message: string } | null;
}

/** What some rows gave. */
export interface RecordingStep {
  answered: AnsweredRecord[];
  bad: BadRow[];
}

/** Takes rows and answers every window that they complete. */
export interface RecordingReader {
  push(
    rows: readonly (readonly string[])[],
    options?: { signal?: AbortSignal },
  ): Promise<RecordingStep>;
  finish(): Promise<string[]>;
}

/** A model as far as it is used here. */
export interface BatchModel {
  readonly info: Info;
  expects(): Promise<ExpectedColumn[]>;
  suggestColumns(header: readonly string[]): Promise<(number | null)[]>;
  openRecording(
    header: readonly string[],
    columns: readonly (number | null)[],
  ): Promise<RecordingReader>;
  prompt(window: SensorWindow): Promise<string>;
}
