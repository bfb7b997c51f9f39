/** What every reader of tables does, whatever the file's format. */

import type { Preview, RowBatch } from "./protocol.js";

/** Rows of data that a preview shows. */
export const PREVIEW_ROWS = 50;

/** A file whose rows are read as text. */
export interface TableReader {
  readonly preview: Preview;
  /** The next rows, at most `limit`. */
  next(limit: number, columns: readonly number[]): Promise<RowBatch>;
  /** Goes back to the first row. */
  rewind(): void;
  /** The rows from `first` up to and with `last`; `next` does not notice. */
  rows(first: number, last: number, columns: readonly number[]): Promise<RowBatch>;
}
