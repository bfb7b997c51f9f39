/** A CSV file as a table: its dialect, its first rows, then all of them in turn. */

import { readBlock } from "./blocks.js";
import { BEGINNING, type Checkpoint, type CsvBlock, readCsvBlock } from "./csv.js";
import { guessColumns, guessDecimal, guessDelimiter, guessHeader } from "./guess.js";
import {
  type Dialect,
  type Encoding,
  type Preview,
  ReaderError,
  type RowBatch,
} from "./protocol.js";
import { PREVIEW_ROWS, type TableReader } from "./table.js";

/** Characters from which a dialect is guessed. */
const SAMPLE_CHARS = 64 * 1024;
/** A longer rest of a row is not worth keeping a way back for. */
const MAX_KEPT_TAIL = 4096;

/** Opens a CSV file. What `told` leaves out is guessed. */
export async function openCsv(
  file: Blob,
  encoding: Encoding,
  told: Partial<Dialect>,
): Promise<CsvReader> {
  const { text } = await readBlock(file, 0, encoding, 1);
  if (text.trim() === "") {
    throw new ReaderError("empty");
  }
  const delimiter = told.delimiter ?? guessDelimiter(text.slice(0, SAMPLE_CHARS));
  const raw: Dialect = { encoding, delimiter, header: true, decimal: "." };
  const first = await readCsvBlock(file, BEGINNING, raw);
  const good = first.rows.filter((row) => row.length > 0);
  const dialect: Dialect = {
    ...raw,
    header: told.header ?? guessHeader(good),
    decimal: told.decimal ?? guessDecimal(good, delimiter),
  };
  const block = dialect.decimal === "." ? first : await readCsvBlock(file, BEGINNING, dialect);
  return new CsvReader(file, dialect, block);
}

/** Holds one block at a time, and remembers the way back to the others. */
export class CsvReader implements TableReader {
  readonly preview: Preview;
  readonly #file: Blob;
  readonly #dialect: Dialect;
  /** How many rows of the file stand before the data. */
  readonly #skipped: number;
  readonly #first: CsvBlock;
  #block: CsvBlock;
  /** How many rows of the block were taken. */
  #taken: number;
  /** Where blocks begin that were read, in the order of the file. */
  readonly #ways: Readonly<Checkpoint>[] = [BEGINNING];

  constructor(file: Blob, dialect: Dialect, first: CsvBlock) {
    this.#file = file;
    this.#dialect = dialect;
    this.#skipped = dialect.header ? 1 : 0;
    this.#first = first;
    this.#block = first;
    this.#taken = this.#skipped;
    this.preview = preview(file, dialect, first);
  }

  async next(limit: number): Promise<RowBatch> {
    while (this.#taken >= this.#block.rows.length && !this.#block.last) {
      this.#block = await this.#read(this.#block.next);
      this.#taken = 0;
    }
    const { from, next, rows, last } = this.#block;
    const start = this.#taken;
    const end = Math.min(start + limit, rows.length);
    this.#taken = Math.max(start, end);
    const share = rows.length > 0 ? this.#taken / rows.length : 1;
    return {
      ...slice(this.#block, start, end, this.#skipped),
      bytes: from.byte + share * (next.byte - from.byte),
      done: last && this.#taken >= rows.length,
    };
  }

  rewind(): void {
    this.#block = this.#first;
    this.#taken = this.#skipped;
  }

  async rows(first: number, last: number): Promise<RowBatch> {
    const begin = first + this.#skipped;
    const end = last + this.#skipped;
    let way: Readonly<Checkpoint> = BEGINNING;
    for (const known of this.#ways) {
      if (known.row <= begin) {
        way = known;
      }
    }
    const found: RowBatch = { ...slice(this.#first, 0, 0, 0), first, bytes: 0, done: false };
    const lines: number[] = [];
    for (;;) {
      const block = await this.#read(way);
      const at = block.from.row;
      const part = slice(block, Math.max(begin - at, 0), end + 1 - at, this.#skipped);
      found.rows.push(...part.rows);
      lines.push(...part.lines);
      found.malformed.push(...part.malformed);
      if (block.last || block.next.row > end) {
        return { ...found, lines: Uint32Array.from(lines), bytes: block.next.byte };
      }
      way = block.next;
    }
  }

  async #read(from: Readonly<Checkpoint>): Promise<CsvBlock> {
    const block = await readCsvBlock(this.#file, from, this.#dialect);
    const furthest = this.#ways.at(-1)?.byte ?? 0;
    if (!block.last && block.next.byte > furthest && block.next.tail.length <= MAX_KEPT_TAIL) {
      this.#ways.push(block.next);
    }
    return block;
  }
}

/** Some rows of a block. Rows of data are numbered without the `skipped` ones. */
function slice(
  block: CsvBlock,
  start: number,
  end: number,
  skipped: number,
): Omit<RowBatch, "bytes" | "done"> {
  const first = block.from.row + start - skipped;
  const rows = block.rows.slice(start, Math.max(start, end));
  const malformed = block.malformed
    .map(({ row, line, reason }) => ({ row: row - skipped, line, reason }))
    .filter(({ row }) => row >= first && row < first + rows.length);
  const lines = Uint32Array.from(block.lines.slice(start, Math.max(start, end)));
  return { first, rows, lines, malformed };
}

function preview(file: Blob, dialect: Dialect, first: CsvBlock): Preview {
  const skipped = dialect.header ? 1 : 0;
  const rows = first.rows.slice(skipped);
  const shown = rows.filter((row) => row.length > 0).slice(0, PREVIEW_ROWS);
  const width = Math.max(0, ...shown.map((row) => row.length));
  const names = dialect.header
    ? (first.rows[0] ?? []).map((name, at) => name.trim() || nameless(at))
    : Array.from({ length: width }, (_, at) => nameless(at));
  const read = first.next.byte;
  const rowEstimate = first.last ? rows.length : Math.round((rows.length / read) * file.size);
  return {
    format: "csv",
    columns: guessColumns(names, shown),
    rows: shown,
    rowEstimate,
    rowsExact: first.last,
    dialect,
  };
}

/** What a column without a name is called; it needs no translation. */
function nameless(at: number): string {
  return `#${at + 1}`;
}
