/** What the page and the worker that reads files say to each other. Both ends import it. */

/** Encodings that a file of text may have. */
export const ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** What may stand between the fields of a row. */
export const DELIMITERS = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** How a CSV file is written. */
export interface Dialect {
  encoding: Encoding;
  delimiter: Delimiter;
  /** Whether the first row names the columns. */
  header: boolean;
  /** What stands before the decimals of a number. */
  decimal: "." | ",";
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
  /** How a CSV file is written, as guessed or as told; null for other files. */
  dialect: Dialect | null;
}

/** A row that is not even a row, and why. */
export interface Malformed {
  row: number;
  line: number;
  reason: RowProblem;
}

/** What may be wrong with a row before anybody looks at its values. */
export type RowProblem = "open_quote" | "stray_quote";

/** Some rows of a file, in its order. */
export interface RowBatch {
  /** The number of the first of `rows` among the rows of data, from 1. */
  first: number;
  /** A malformed row is in here without any field, so that rows keep their numbers. */
  rows: string[][];
  /** The line of the file that each row begins at. */
  lines: Uint32Array<ArrayBuffer>;
  malformed: Malformed[];
  /** How much of the file was read to get here. */
  bytes: number;
  done: boolean;
}

/** Every call: what it takes and what it gives. */
export interface ReaderCalls {
  /** Opens a file, or the same one again with another dialect. */
  open: { takes: { file: Blob; dialect: Partial<Dialect> }; gives: Preview };
  /** The next rows, at most `limit`. Which columns are read matters for Parquet only. */
  next: { takes: { limit: number; columns: readonly number[] }; gives: RowBatch };
  /** Goes back to the first row. */
  rewind: { takes: null; gives: null };
  /** The rows from `first` up to and with `last`, wherever `next` is. */
  rows: { takes: { first: number; last: number; columns: readonly number[] }; gives: RowBatch };
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
  | "crashed";

/** A failure as it travels. */
export interface ReaderFailure {
  code: ReaderCode;
  /** The line of the file, where one is to blame. */
  line: number | null;
  /** What the library or the browser said. */
  detail: string;
}

/** What the worker sends back. */
export type ReaderReply =
  { id: number; result: ReaderCalls[ReaderCall]["gives"] } | { id: number; failure: ReaderFailure };

/** A file that cannot be read. */
export class ReaderError extends Error {
  override readonly name = "ReaderError";
  readonly code: ReaderCode;
  readonly line: number | null;

  constructor(code: ReaderCode, line: number | null = null, detail = "") {
    super(detail === "" ? code : detail);
    this.code = code;
    this.line = line;
  }
}
