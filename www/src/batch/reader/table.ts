/** What every reader of tables does, whatever the file's format. */

import type { Columns, Preview, RowBatch, RowFacts } from "./protocol.js";

/** Rows of data that a preview shows. */
export const PREVIEW_ROWS = 50;

/** A file whose rows are read as numbers. */
export interface TableFileReader {
  readonly preview: Preview;
  /** Says which columns are read, and goes to the first row. */
  begin(columns: Columns): RowFacts;
  /** The same, with what the rows so far have shown. */
  facts(): RowFacts;
  /** The next rows, at most `limit`. */
  next(limit: number): Promise<RowBatch>;
  /** The rows from `first` up to and with `last`; `next` does not notice. */
  rows(first: number, last: number, columns: Columns): Promise<RowBatch>;
}

/** What a column without a name is called; it needs no translation. */
export function nameless(at: number): string {
  return `#${at + 1}`;
}
