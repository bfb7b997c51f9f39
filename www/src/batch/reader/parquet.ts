/** A Parquet file as a table: columns are decoded row group by row group. */

import {
  type AsyncBuffer,
  type Compressors,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type ParquetRowRange,
  type ParquetScan,
} from "hyparquet";
import { readBytes } from "./blocks.js";
import type { RecordingWants } from "@senselm/web";
import { sliceRows, type TableReader, type TableSearch } from "../../../../web/src/tables.js";
import {
  type Columns,
  type ColumnType,
  type Preview,
  ReaderError,
  type RowBatch,
  type RowFacts,
} from "./protocol.js";
import { PREVIEW_ROWS, type TableFileReader } from "./table.js";
import { begun, looksOf, said, searchFor, unreadOf } from "./tables.js";

/** Rows that are decoded at once. Row groups of a million are not unusual. */
const DECODED_ROWS = 64 * 1024;
/** What the library decompresses by itself, and what `codecs.ts` adds. */
const PLAIN_CODECS: readonly string[] = ["UNCOMPRESSED", "SNAPPY"];
const FURTHER_CODECS: readonly string[] = ["ZSTD", "GZIP", "LZ4", "LZ4_RAW"];

/** Opens a Parquet file for a model. */
export async function openParquet(
  file: Blob,
  wants: RecordingWants | null,
): Promise<ParquetReader> {
  const search = await searchFor(wants, {});
  return wrap(async () => {
    const buffer = asyncBuffer(file);
    const metadata = await parquetMetadataAsync(buffer);
    const compressors = await compressorsFor(metadata);
    const scan = await parquetScan({
      file: buffer,
      metadata,
      useOffsetIndex: true,
      ...(compressors && { compressors }),
    });
    const reader = new ParquetReader(file, scan, search);
    await reader.look();
    return reader;
  });
}

/** Holds the decoded columns of a part of a row group. */
export class ParquetReader implements TableFileReader {
  readonly #file: Blob;
  readonly #scan: ParquetScan;
  readonly #search: TableSearch;
  readonly #names: string[];
  /** Columns whose numbers have four bytes. */
  readonly #single: ReadonlySet<string>;
  readonly #total: number;
  #preview: Preview | undefined;
  /** The next row, from 0. */
  #at = 0;
  #part: Part | undefined;
  #reader: TableReader | null = null;
  /** The columns that are read. */
  #used: number[] = [];

  constructor(file: Blob, scan: ParquetScan, search: TableSearch) {
    this.#file = file;
    this.#scan = scan;
    this.#search = search;
    const columns = parquetSchema(scan.metadata).children;
    this.#names = columns.map(({ element }) => element.name);
    const single = columns.filter(({ element }) => element.type === "FLOAT");
    this.#single = new Set(single.map(({ element }) => element.name));
    this.#total = scan.ranges.reduce((sum, { rowStart, rowEnd }) => sum + rowEnd - rowStart, 0);
  }

  get preview(): Preview {
    if (!this.#preview) {
      throw new ReaderError("parquet", null, "the file was not looked at");
    }
    return this.#preview;
  }

  /** Reads the first rows of all columns. */
  async look(): Promise<void> {
    const all = this.#names.map((_, at) => at);
    const rows = this.#total > 0 ? await this.#texts(1, PREVIEW_ROWS, all) : [];
    const looks = await looksOf(rows, this.#names.length);
    this.#preview = {
      format: "parquet",
      columns: this.#names.map((name, at) => ({ name, type: looks[at] as ColumnType })),
      rows,
      rowEstimate: this.#total,
      rowsExact: true,
      dialect: null,
      suggested: this.#search.suggest(this.#names),
    };
  }

  begin(columns: Columns): RowFacts {
    this.#reader?.free();
    this.#reader = null;
    this.#reader = said(() => this.#search.rowReader(this.#names, columns));
    this.#at = 0;
    this.#part = undefined;
    this.#used = usedColumns(columns);
    return this.facts();
  }

  facts(): RowFacts {
    return begun(this.#reader).facts;
  }

  async next(limit: number): Promise<RowBatch> {
    const reader = begun(this.#reader);
    const start = this.#at;
    const range = this.#scan.ranges.find(({ rowEnd }) => rowEnd > start);
    if (!range) {
      return this.#batch(reader, start, []);
    }
    if (!this.#part || start < this.#part.start || start >= this.#part.end) {
      const end = Math.min(start + DECODED_ROWS, range.rowEnd);
      this.#part = await this.#decode(start, end, this.#used);
    }
    const part = this.#part;
    const end = Math.min(start + limit, part.end);
    this.#at = end;
    return this.#batch(reader, start, this.#text(part, start, end));
  }

  async rows(first: number, last: number, columns: Columns): Promise<RowBatch> {
    const reader = said(() => this.#search.rowReader(this.#names, columns));
    try {
      const rows = await this.#texts(first, last, usedColumns(columns));
      return this.#batch(reader, first - 1, rows);
    } finally {
      reader.free();
    }
  }

  async #texts(first: number, last: number, columns: readonly number[]): Promise<string[][]> {
    const rows: string[][] = [];
    for (const range of this.#scan.ranges) {
      const start = Math.max(range.rowStart, first - 1);
      const end = Math.min(range.rowEnd, last);
      if (start < end) {
        rows.push(...this.#text(await this.#decode(start, end, columns), start, end));
      }
    }
    return rows;
  }

  async #decode(start: number, end: number, columns: readonly number[]): Promise<Part> {
    const range: ParquetRowRange = { rowStart: start, rowEnd: end };
    const decoded: (DecodedArray | null)[] = this.#names.map(() => null);
    for (const at of columns) {
      const column = this.#names[at];
      if (column !== undefined) {
        decoded[at] = await wrap(() => this.#scan.readColumn({ column, ...range }));
      }
    }
    return { start, end, columns: decoded };
  }

  #text({ start, columns }: Part, from: number, to: number): string[][] {
    const single = this.#names.map((name) => this.#single.has(name));
    return Array.from({ length: to - from }, (_, row) =>
      columns.map((column, at) =>
        column ? cellText(column[from - start + row], single[at] ?? false) : "",
      ),
    );
  }

  /** There are no lines: a row is found by its number. */
  #batch(reader: TableReader, start: number, texts: string[][]): RowBatch {
    const end = start + texts.length;
    const piece = reader.readRows(texts, start + 1);
    return {
      first: start + 1,
      rows: sliceRows(piece.rows, 0, texts.length),
      unread: unreadOf(piece, start + 1),
      bytes: this.#total > 0 ? (end / this.#total) * this.#file.size : this.#file.size,
      done: end >= this.#total,
    };
  }
}

function usedColumns(columns: Columns): number[] {
  return [...new Set(columns.filter((column) => column !== null))];
}

/** Decoded columns from row `start` up to `end`, null where one is not wanted. */
interface Part {
  start: number;
  end: number;
  columns: (DecodedArray | null)[];
}

/** A value as a CSV file would have it. */
function cellText(value: unknown, single: boolean): string {
  if (typeof value === "number") {
    return Number.isNaN(value) ? "" : single ? shortest(value) : String(value);
  }
  if (typeof value === "string") {
    return value;
  }
  if (value === null || value === undefined) {
    return "";
  }
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  }
  if (typeof value === "bigint" || typeof value === "boolean") {
    return String(value);
  }
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = Array.from(value as ArrayLike<unknown>, (item) => cellText(item, single));
    return `[${items.join(", ")}]`;
  }
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "bigint" ? String(inner) : inner,
  );
}

/** The fewest digits that are the same number of four bytes: 2.53, not 2.5299999713897705. */
function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) {
      return String(rounded);
    }
  }
  return String(value);
}

function asyncBuffer(file: Blob): AsyncBuffer {
  return {
    byteLength: file.size,
    slice: async (start, end) => (await readBytes(file, start, end ?? file.size)).buffer,
  };
}

/** The other decompressors are fetched only for a file that needs them. */
async function compressorsFor(metadata: FileMetaData): Promise<Compressors | null> {
  const codecs = metadata.row_groups.flatMap(({ columns }) =>
    columns.map((column) => column.meta_data?.codec ?? "UNCOMPRESSED"),
  );
  if (codecs.every((codec) => PLAIN_CODECS.includes(codec))) {
    return null;
  }
  const unknown = codecs.find((codec) => ![...PLAIN_CODECS, ...FURTHER_CODECS].includes(codec));
  if (unknown !== undefined) {
    throw new ReaderError("parquet_codec", null, unknown);
  }
  return (await import("./codecs.js")).compressors;
}

/** The library throws plain errors for files that are not as they should be. */
async function wrap<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ReaderError) {
      throw error;
    }
    throw new ReaderError("parquet", null, error instanceof Error ? error.message : String(error));
  }
}
