/** Rows of a CSV file, block by block, from its beginning or from anywhere. */

import Papa from "papaparse";
import { readBlock } from "./blocks.js";
import { withPoint } from "./guess.js";
import type { Dialect, Malformed, RowProblem } from "./protocol.js";

/** As much as one cell may have; what is longer has lost its closing quote. */
const MAX_ROW_CHARS = 1024 * 1024;

/** A place between two rows, from where reading can go on. */
export interface Checkpoint {
  /** The first byte of the next block. */
  byte: number;
  /** What an earlier block held of a row that goes on in it. */
  tail: string;
  /** The number of the next row of the file, from 1, counting the header. */
  row: number;
  /** The line that it begins at. */
  line: number;
}

/** The place of the first row. */
export const BEGINNING: Readonly<Checkpoint> = { byte: 0, tail: "", row: 1, line: 1 };

/** The rows of a block. */
export interface CsvBlock {
  rows: string[][];
  lines: number[];
  malformed: Malformed[];
  /** Where it began. */
  from: Readonly<Checkpoint>;
  /** Where the next block goes on. */
  next: Checkpoint;
  last: boolean;
}

/** Reads the rows that begin in one block. Blank lines are no rows. */
export async function readCsvBlock(
  file: Blob,
  from: Readonly<Checkpoint>,
  dialect: Dialect,
): Promise<CsvBlock> {
  const line = from.line + count(from.tail, "\n");
  const { text, end, last } = await readBlock(file, from.byte, dialect.encoding, line);
  const block = new BlockParser(dialect, from);
  const tail = block.parse(from.tail + text, last);
  const { rows, lines, malformed } = block;
  const next = { byte: end, tail, row: block.row, line: block.line };
  return { rows, lines, malformed, from, next, last };
}

class BlockParser {
  readonly rows: string[][] = [];
  readonly lines: number[] = [];
  readonly malformed: Malformed[] = [];
  row: number;
  line: number;
  readonly #dialect: Dialect;

  constructor(dialect: Dialect, { row, line }: Readonly<Checkpoint>) {
    this.#dialect = dialect;
    this.row = row;
    this.line = line;
  }

  /** Takes whole rows, and gives what is left of one that is not whole yet. */
  parse(text: string, last: boolean): string {
    let rest = text;
    for (;;) {
      const { end, problem } = this.#take(rest, last);
      rest = rest.slice(end);
      if (problem === null) {
        if (last || rest.length <= MAX_ROW_CHARS) {
          return rest;
        }
        this.#refuse("open_quote");
      } else {
        this.#refuse(problem);
      }
      // One stray quote must not swallow the rest: it goes on at the next line.
      const newline = rest.indexOf("\n");
      rest = newline < 0 ? "" : rest.slice(newline + 1);
      this.line += 1;
    }
  }

  /** Takes rows up to the end, or up to a malformed one. */
  #take(text: string, last: boolean): { end: number; problem: RowProblem | null } {
    const options = { delimiter: this.#dialect.delimiter, newline: "\n" } as const;
    if (!text.includes('"')) {
      // Nothing can be wrong, so that nobody has to look after every row.
      const parsed = new Papa.Parser(options).parse(text, 0, !last) as Papa.ParseResult<string[]>;
      for (const row of parsed.data) {
        this.#add(row, false);
      }
      return { end: parsed.meta.cursor, problem: null };
    }
    let end = 0;
    let problem: RowProblem | null = null;
    const parser = new Papa.Parser({
      ...options,
      step: ({ data, errors, meta }: Papa.ParseStepResult<string[][]>) => {
        const [error] = errors;
        if (error) {
          problem = error.code === "MissingQuotes" ? "open_quote" : "stray_quote";
          parser.abort();
          return;
        }
        const [row] = data;
        if (row) {
          this.#add(row, true);
        }
        end = meta.cursor;
      },
    });
    parser.parse(text, 0, !last);
    return { end, problem };
  }

  #add(row: string[], quoted: boolean): void {
    const line = this.line;
    this.line += 1;
    if (quoted) {
      this.line += row.reduce((breaks, cell) => breaks + count(cell, "\n"), 0);
    }
    if (row.length === 1 && row[0]?.trim() === "") {
      return;
    }
    this.rows.push(this.#dialect.decimal === "," ? row.map(withPoint) : row);
    this.lines.push(line);
    this.row += 1;
  }

  #refuse(reason: RowProblem): void {
    this.malformed.push({ row: this.row, line: this.line, reason });
    this.rows.push([]);
    this.lines.push(this.line);
    this.row += 1;
  }
}

function count(text: string, letter: string): number {
  let found = 0;
  for (let at = text.indexOf(letter); at >= 0; at = text.indexOf(letter, at + 1)) {
    found += 1;
  }
  return found;
}
