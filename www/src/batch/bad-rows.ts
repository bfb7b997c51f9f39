/** Rows of a file that could not be used. */

import type { ProblemCode } from "./reader/protocol.js";

/** Rows that are kept; all are counted. */
const KEPT = 100;

/** A row that could not be used, and why. */
export interface BadRowOfFile {
  line: number;
  row: number;
  /** The column of the file, where one cell is to blame. */
  column: string;
  /** What the model says, or what the file's reader says by its code. */
  reason: string | ProblemCode;
}

/** Bad rows, of which the first hundred are kept. */
export class BadRows {
  count = 0;
  readonly kept: BadRowOfFile[] = [];

  add(row: BadRowOfFile): void {
    this.count += 1;
    if (this.kept.length < KEPT) {
      this.kept.push(row);
    }
  }
}
