/** A CSV file as a table: its dialect, its first rows, then all of them in turn. */

import type { RecordingWants } from "@senselm/web";
import {
  type FoundTable,
  sliceRows,
  type TablePiece,
  type TableReader,
} from "../../../../web/src/tables.js";
import { BLOCK_BYTES, readBlock, type TextBlock } from "./blocks.js";
import {
  type Columns,
  type ColumnType,
  type Dialect,
  type Encoding,
  type Preview,
  ReaderError,
  type RowBatch,
  type RowFacts,
  type UnreadRow,
} from "./protocol.js";
import { nameless, PREVIEW_ROWS, type TableFileReader } from "./table.js";
import { begun, countedIn, said, searchFor, unreadOf } from "./tables.js";

/** A longer rest of a row is not worth keeping a way back for. */
const MAX_KEPT_TAIL = 4096;
/** How much more is looked at where rows are too long to show how they are written. */
const LARGER = 64;

/** A place between two rows, from where reading can go on. */
interface Checkpoint {
  /** The first byte of the next block. */
  byte: number;
  /** What an earlier block held of a row that goes on in it. */
  tail: Uint8Array;
  /** How much of the block stands before the row. */
  skip: number;
  /** The number of the next row of data, from 1. */
  row: number;
  /** The line that it begins at. */
  line: number;
}

/** The rows of a block. */
interface Block {
  piece: TablePiece;
  unread: UnreadRow[];
  /** Where it began. */
  from: Readonly<Checkpoint>;
  /** Where the next block goes on. */
  next: Checkpoint;
  last: boolean;
}

/** Opens a CSV file for a model. What `told` leaves out is found out, or asked for. */
export async function openCsv(
  file: Blob,
  encoding: Encoding,
  told: Partial<Dialect>,
  wants: RecordingWants | null,
): Promise<CsvReader> {
  const search = await searchFor(wants, told);
  const open = async (nameless: typeof search): Promise<CsvReader> => {
    for (let size = BLOCK_BYTES; ; size *= LARGER) {
      const block = await readBlock(file, 0, encoding, 1, size);
      const found = said(() => nameless.find(block.bytes, block.last, PREVIEW_ROWS));
      if (found) {
        const suggest = (names: readonly string[]) => search.suggest(names);
        return new CsvReader(file, { ...told, encoding }, found, block, suggest);
      }
    }
  };
  try {
    return await open(search);
  } catch (error) {
    // Which column is which a person says in any case.
    const none = error instanceof ReaderError && error.problem?.code === "no_header";
    if (!none) {
      throw error;
    }
    return open(await searchFor(wants, { ...told, headerLine: 0 }));
  }
}

/** Holds one block at a time, and remembers the way back to the others. */
export class CsvReader implements TableFileReader {
  readonly preview: Preview;
  readonly #file: Blob;
  readonly #encoding: Encoding;
  readonly #found: FoundTable;
  readonly #beginning: Readonly<Checkpoint>;
  /** Where blocks begin that were read, in the order of the file. */
  readonly #ways: Readonly<Checkpoint>[];
  #reader: TableReader | null = null;
  #block: Block | null = null;
  /** How many rows of the block were taken, and how many of those are data. */
  #taken = 0;
  #counted = 0;

  constructor(
    file: Blob,
    told: Partial<Dialect> & { encoding: Encoding },
    found: FoundTable,
    first: TextBlock,
    suggest: (names: readonly string[]) => (number | null)[],
  ) {
    this.#file = file;
    this.#encoding = told.encoding;
    this.#found = found;
    const { offset, line } = found.table.body;
    this.#beginning = { byte: 0, tail: new Uint8Array(), skip: offset, row: 1, line };
    this.#ways = [this.#beginning];
    this.preview = preview(file, told, found, first, suggest);
  }

  begin(columns: Columns): RowFacts {
    this.#reader?.free();
    this.#reader = null;
    this.#block = null;
    this.#reader = said(() => this.#found.reader(columns));
    return this.facts();
  }

  facts(): RowFacts {
    return begun(this.#reader).facts;
  }

  async next(limit: number): Promise<RowBatch> {
    const reader = begun(this.#reader);
    let block = this.#block;
    while (!block || (this.#taken >= block.piece.rows.states.length && !block.last)) {
      block = this.#block = await this.#read(reader, block?.next ?? this.#beginning);
      this.#taken = 0;
      this.#counted = 0;
    }
    const { from, next, piece, last } = block;
    const start = this.#taken;
    const end = Math.min(start + limit, piece.rows.states.length);
    const first = from.row + this.#counted;
    const rows = sliceRows(piece.rows, start, end);
    this.#taken = end;
    this.#counted += countedIn(rows.states);
    const share = end > 0 ? end / piece.rows.states.length : 1;
    const behind = from.row + this.#counted;
    return {
      first,
      rows,
      unread: block.unread.filter(({ row }) => row >= first && row < behind),
      bytes: from.byte + share * (next.byte - from.byte),
      done: last && end >= piece.rows.states.length,
    };
  }

  async rows(first: number, last: number, columns: Columns): Promise<RowBatch> {
    let way = this.#beginning;
    for (const known of this.#ways) {
      if (known.row <= first) {
        way = known;
      }
    }
    // A row may go on from block to block, so that they are read as one.
    const parts = [way.tail];
    for (let byte = way.byte; ;) {
      const block = await readBlock(this.#file, byte, this.#encoding, way.line);
      parts.push(block.bytes);
      byte = block.end;
      const reader = said(() => this.#found.reader(columns));
      const piece = reader.read(joined(parts), way.skip, way.line, block.last);
      reader.free();
      const { states } = piece.rows;
      if (block.last || way.row + countedIn(states) > last) {
        const data = [...states.keys()].filter((at) => states[at] !== 2);
        const [start, end] = [data[first - way.row] ?? 0, (data[last - way.row] ?? -1) + 1];
        const rows = sliceRows(piece.rows, start, end);
        return { first, rows, unread: [], bytes: byte, done: block.last };
      }
    }
  }

  async #read(reader: TableReader, from: Readonly<Checkpoint>): Promise<Block> {
    const { bytes, end, last } = await readBlock(this.#file, from.byte, this.#encoding, from.line);
    const whole = joined([from.tail, bytes]);
    const piece = reader.read(whole, from.skip, from.line, last);
    const next: Checkpoint = {
      byte: end,
      tail: whole.slice(piece.consumed),
      skip: 0,
      row: from.row + countedIn(piece.rows.states),
      line: piece.nextLine,
    };
    const furthest = this.#ways.at(-1)?.byte ?? 0;
    if (!last && end > furthest && next.tail.length <= MAX_KEPT_TAIL) {
      this.#ways.push(next);
    }
    return { piece, unread: unreadOf(piece, from.row), from, next, last };
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const filled = parts.filter(({ length }) => length > 0);
  const [only] = filled;
  if (only && filled.length === 1) {
    return only;
  }
  const whole = new Uint8Array(filled.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of filled) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function preview(
  file: Blob,
  told: Partial<Dialect> & { encoding: Encoding },
  { table }: FoundTable,
  first: TextBlock,
  suggest: (names: readonly string[]) => (number | null)[],
): Preview {
  const names = Array.from({ length: table.width }, (_, at) => {
    const name = table.names[at]?.trim() ?? "";
    return name === "" ? nameless(at) : name;
  });
  const share = first.last ? 1 : (first.end - table.body.offset) / (file.size - table.body.offset);
  return {
    format: "csv",
    columns: names.map((name, at) => ({ name, type: table.looks[at] as ColumnType })),
    rows: table.rows,
    rowEstimate: Math.round(table.rowCount / share),
    rowsExact: first.last,
    dialect: {
      encoding: told.encoding,
      delimiter: table.delimiter as Dialect["delimiter"],
      headerLine: table.headerLine,
      decimal: table.decimal as Dialect["decimal"],
      times: told.times ?? "",
      rateHz: told.rateHz ?? null,
    },
    suggested: suggest(names),
  };
}
