/** What the page and the worker that reads files say to each other. Both ends import it. */

import type { Choice, NumberRows, RecordingWants } from "@senselm/web";
import type { TableFacts } from "../../../../web/src/tables.js";

/** Encodings that a file of text may have. */
export const ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** What may stand between the fields of a row. */
export const DELIMITERS = ["comma", "semicolon", "tab", "pipe", "space"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** How a CSV file is written. */
export interface Dialect {
  encoding: Encoding;
  delimiter: Delimiter;
  /** The line that names the columns, from 1, or 0. */
  headerLine: number;
  /** What stands before the decimals of a number; empty where nothing shows it. */
  decimal: "" | "point" | "comma";
  /** How times are written; empty for what they show. */
  times: string;
  /** Readings a second, where somebody says so; times are then left out of account. */
  rateHz: number | null;
}

/** What the values of a column look like. */
export type ColumnType = "number" | "time" | "text" | "list" | "empty";

/** A column of a file, as its first rows show it. */
export interface FileColumn {
  name: string;
  type: ColumnType;
}

/** The beginning of a file. */
export interface Preview {
  format: "csv" | "parquet";
  columns: FileColumn[];
  /** The first rows of data. */
  rows: string[][];
  /** How many rows of data there are, or about how many. */
  rowEstimate: number;
  rowsExact: boolean;
  /** How a CSV file is written, as found out or as told; null for other files. */
  dialect: Dialect | null;
  /** For each wanted column the one that it probably is. */
  suggested: (number | null)[];
}

/** A row that could not be read, by its number among the rows of data, from 1. */
export interface UnreadRow {
  row: number;
  line: number;
  /** The title of the column; empty where no cell is to blame. */
  column: string;
  problem: ProblemCode;
}

/** What is wrong, as a code with values. */
export interface ProblemCode {
  code: string;
  values: Readonly<Record<string, string | number>>;
}

/** Some rows of a file, in its order. */
export interface RowBatch {
  /** The number of the first of `rows` among the rows of data, from 1. */
  first: number;
  /** Those that could not be read are in here, so that rows keep their numbers. */
  rows: NumberRows;
  unread: UnreadRow[];
  /** How much of the file was read to get here. */
  bytes: number;
  done: boolean;
}

/** What is known of all rows, once somebody said which columns are read. */
export type RowFacts = TableFacts;

/** For each wanted column the one of the file, or null. */
export type Columns = readonly (number | null)[];

/** Every call: what it takes and what it gives. */
export interface ReaderCalls {
  /** Opens a file for a model, or the same one again with what is known better. */
  open: {
    takes: { file: Blob; told: Partial<Dialect>; wants: RecordingWants | null };
    gives: Preview;
  };
  /** Says which columns are read, and goes to the first row. */
  begin: { takes: { columns: Columns }; gives: RowFacts };
  /** The same, with what the rows so far have shown. */
  facts: { takes: null; gives: RowFacts };
  /** The next rows, at most `limit`. */
  next: { takes: { limit: number }; gives: RowBatch };
  /** The rows from `first` up to and with `last`, wherever `next` is. */
  rows: { takes: { first: number; last: number; columns: Columns }; gives: RowBatch };
}

export type ReaderCall = keyof ReaderCalls;

/** A call on its way to the worker. */
export type ReaderRequest = {
  [C in ReaderCall]: { id: number; call: C; takes: ReaderCalls[C]["takes"] };
}[ReaderCall];

/** Why a file cannot be read; the page has a sentence for each. */
export type ReaderCode =
  | "empty"
  | "binary"
  | "spreadsheet"
  | "compressed"
  | "encoding"
  | "long_line"
  | "parquet"
  | "parquet_codec"
  | "parquet_encrypted"
  | "unreadable"
  | "crashed"
  /** The reader of tables says what; see `problem`. */
  | "table";

/** A failure as it travels. */
export interface ReaderFailure {
  code: ReaderCode;
  /** The line of the file, where one is to blame. */
  line: number | null;
  /** What the library or the browser said. */
  detail: string;
  /** What is wrong with a table, and what would decide where it can be read in two ways. */
  problem: (ProblemCode & { choices: readonly Choice[] }) | null;
}

/** What the worker sends back. */
export type ReaderReply =
  { id: number; result: ReaderCalls[ReaderCall]["gives"] } | { id: number; failure: ReaderFailure };

/** A file that cannot be read. */
export class ReaderError extends Error {
  override readonly name = "ReaderError";
  readonly code: ReaderCode;
  readonly line: number | null;
  readonly problem: ReaderFailure["problem"];

  constructor(
    code: ReaderCode,
    line: number | null = null,
    detail = "",
    problem: ReaderFailure["problem"] = null,
  ) {
    super(detail === "" ? code : detail);
    this.code = code;
    this.line = line;
    this.problem = problem;
  }
}

/** A failure as it travels. */
export function failureOf(error: unknown): ReaderFailure {
  if (error instanceof ReaderError) {
    const { code, line, message, problem } = error;
    return { code, line, detail: message, problem };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { code: "crashed", line: null, detail, problem: null };
}
