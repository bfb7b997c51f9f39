/**
 * Tables, read by the module of `crates/web-readings`: which rows are where, and
 * what their cells mean. No rule of either is here.
 *
 * The module comes from whoever has it: a worker of the package fetches it at the
 * first recording, the dashboard's worker that reads files with its first file.
 */

import type { Choice } from "./errors.js";
import type {
  BadRow,
  NumberRows,
  RecordingWants,
  TableOptions,
  WantedSource,
} from "./recordings.js";

/** The generated script. */
export type Tables = typeof import("../wasm/tables/tables.js");
type Wanted = Tables["Wanted"]["prototype"];
type Told = Tables["Told"]["prototype"];
type Found = Tables["Found"]["prototype"];
type Reader = Tables["TableReader"]["prototype"];

/** A problem of a table, by its code and values, and in words. */
export class TableProblem extends Error {
  override readonly name = "TableProblem";
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;
  /** What would decide, where two readings are possible. */
  readonly choices: readonly Choice[];

  constructor(thrown: readonly unknown[]) {
    const [message, choices, code, ...values] = thrown;
    super(String(message));
    this.code = String(code);
    this.values = named(values);
    this.choices = pairs(choices as unknown[]).map(([setting, value]) => choice(setting, value));
  }
}

/** How a table is written. */
export interface Table {
  /** What stands between fields, by its name. */
  readonly delimiter: string;
  /** What stands before decimals, by its name; empty where nothing shows it. */
  readonly decimal: string;
  /** The line that names the columns, or 0. */
  readonly headerLine: number;
  readonly width: number;
  /** Where the first row of data begins in the sample. */
  readonly body: { readonly offset: number; readonly line: number };
  /** What the header calls the columns; empty without one. */
  readonly names: readonly string[];
  /** What the cells of each column look like. */
  readonly looks: readonly string[];
  /** The first rows of data, a text for each column. */
  readonly rows: string[][];
  /** How many rows of data the sample has. */
  readonly rowCount: number;
}

/** What is known of all rows of a table. */
export interface TableFacts {
  /** What a user should know, in words. */
  readonly notes: readonly string[];
  readonly truth: boolean;
  readonly resolution_s: number;
  readonly step_s?: number;
  /** The unit that is stated for each channel with a column of its own, or nothing. */
  readonly units: readonly string[];
}

/** A row that could not be read, and why. */
export interface UnreadRow extends Omit<BadRow, "row"> {
  /** Its position among the rows that were read with it, from 0. */
  readonly at: number;
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** What was read off a piece of a table. */
export interface TablePiece {
  readonly rows: NumberRows;
  /** Of cells that hold windows, the byte of its line where each begins. */
  readonly columns: Uint32Array;
  /** Bytes of the piece that were read. */
  readonly consumed: number;
  /** The line that the next row begins at. */
  readonly nextLine: number;
  readonly bad: readonly UnreadRow[];
}

/** What somebody looks for in tables, and what is known of how one is written. */
export class TableSearch {
  readonly #module: Tables;
  readonly #wanted: Wanted;
  /** What is looked for by its name: nothing where nothing has one. */
  readonly #named: Wanted;
  readonly #told: Told;

  /**
   * @throws {@link TableProblem} with the code `option` for an option that there
   * is not.
   */
  constructor(module: Tables, wants: RecordingWants | null, options: TableOptions) {
    this.#module = module;
    this.#told = told(module, options);
    this.#wanted = wanted(module, wants);
    this.#named = options.headerLine === 0 ? wanted(module, null) : this.#wanted;
  }

  /**
   * How a table is written, by its beginning in UTF-8; null where more of it is
   * needed. `rows` first rows are shown.
   *
   * @throws {@link TableProblem}
   */
  find(sample: Uint8Array, complete: boolean, rows: number): FoundTable | null {
    const found = thrown(() => this.#module.findTable(sample, complete, this.#told, this.#named));
    return found ? new FoundTable(found, this.#wanted, this.#told, rows) : null;
  }

  /** For each wanted column the one of `header` that it probably is, or null. */
  suggest(header: readonly string[]): (number | null)[] {
    return Array.from(this.#wanted.suggest([...header]), (at) => (at < 0 ? null : at));
  }

  /**
   * A reader of rows that come without their file.
   *
   * @throws {@link TableProblem}
   */
  rowReader(header: readonly string[], columns: readonly (number | null)[]): TableReader {
    const chosen = columns.map((at) => at ?? -1);
    return new TableReader(
      thrown(() => new this.#module.TableReader(this.#wanted, [...header], chosen)),
    );
  }
}

/** A table whose dialect is known. */
export class FoundTable {
  readonly table: Table;
  readonly #found: Found;
  readonly #wanted: Wanted;
  readonly #told: Told;

  /** @internal */
  constructor(found: Found, wanted: Wanted, told: Told, rows: number) {
    this.#found = found;
    this.#wanted = wanted;
    this.#told = told;
    const [delimiter, decimal, headerLine, width, offset, line, names, looks, cells, rowCount] =
      found.parts(rows) as [
        ...[string, string, number, number, number, number],
        ...[string[], string[], string[], number],
      ];
    this.table = {
      ...{ delimiter, decimal, headerLine, width, names, looks, rowCount },
      body: { offset, line },
      rows: Array.from({ length: width > 0 ? cells.length / width : 0 }, (_, at) =>
        cells.slice(at * width, (at + 1) * width),
      ),
    };
  }

  /**
   * A reader of its rows. `columns` says for each wanted column which one it is;
   * without it they go by their names.
   *
   * @throws {@link TableProblem}
   */
  reader(columns: readonly (number | null)[] | null): TableReader {
    const chosen = columns?.map((at) => at ?? -1);
    return new TableReader(thrown(() => this.#found.reader(this.#wanted, this.#told, chosen)));
  }
}

/** Reads rows. */
export class TableReader {
  readonly #reader: Reader;

  /** @internal */
  constructor(reader: Reader) {
    this.#reader = reader;
  }

  get facts(): TableFacts {
    const [notes, truth, resolution_s, step_s, units] = this.#reader.parts() as [
      ...[string[], boolean],
      ...[number, number, string[]],
    ];
    return { notes, truth, resolution_s, ...(!Number.isNaN(step_s) && { step_s }), units };
  }

  /**
   * The rows of a piece of a table in UTF-8, from a byte of it on, which is on
   * this line. A row that goes on behind the piece is not read.
   */
  read(piece: Uint8Array, offset: number, line: number, last: boolean): TablePiece {
    return pieceOf(this.#reader.read(piece, offset, line, last));
  }

  /** Rows of texts; the first is on this line. */
  readRows(rows: readonly (readonly string[])[], line: number): TablePiece {
    const widths = Uint32Array.from(rows, (row) => row.length);
    return pieceOf(this.#reader.readCells(rows.flat(), widths, line));
  }

  /** Gives its memory back. */
  free(): void {
    this.#reader.free();
  }
}

/** Rows without those of them that are left out at either end. */
export function sliceRows(rows: NumberRows, start: number, end: number): NumberRows {
  const { states, lines, values, lengths, times, truths, odd, dates } = rows;
  const width = states.length > 0 ? (lengths ?? values).length / states.length : 0;
  const [from, to] = lengths
    ? [sum(lengths.subarray(0, start * width)), sum(lengths.subarray(0, end * width))]
    : [start * width, end * width];
  return {
    states: states.slice(start, end),
    lines: lines.slice(start, end),
    values: values.slice(from, to),
    lengths: lengths?.slice(start * width, end * width) ?? null,
    times: times?.slice(start, end) ?? null,
    truths: truths?.slice(start, end) ?? null,
    ...{ odd, dates },
  };
}

function sum(lengths: Uint32Array): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}

/** How the module lists what it read off some rows. */
type Listed = [
  ...[Uint8Array<ArrayBuffer>, Uint32Array<ArrayBuffer>, Float64Array<ArrayBuffer>],
  ...[Uint32Array<ArrayBuffer> | null, Float64Array<ArrayBuffer> | null],
  ...[string[] | Float64Array<ArrayBuffer> | null, string | null],
  ...[Uint32Array, boolean, number, number, unknown[][]],
];

function pieceOf(listed: unknown[]): TablePiece {
  const [states, lines, values, lengths, times, truths, odd, columns, dates, ...rest] =
    listed as Listed;
  const [consumed, nextLine, bad] = rest;
  return {
    rows: { states, lines, values, lengths, times, truths, odd, dates },
    ...{ columns, consumed, nextLine },
    bad: bad.map(([at, line, column, name, reason, code, ...values]) => ({
      at: at as number,
      line: line as number,
      column: column as number,
      name: String(name),
      reason: String(reason),
      code: String(code),
      values: named(values),
    })),
  };
}

function wanted(module: Tables, wants: RecordingWants | null): Wanted {
  const wanted = new module.Wanted();
  if (!wants) {
    return wanted;
  }
  for (const { role, name, source, unit, required } of wants.columns) {
    wanted.column(role, name, ...placed(source), unit, required);
  }
  const { rows } = wants;
  switch (rows.kind) {
    case "arrays":
    case "list":
      wanted.inCells(rows.kind === "list");
      for (const { name, source } of rows.channels) {
        wanted.inCell(name, ...placed(source));
      }
      break;
    case "lists":
      wanted.lists();
      break;
    case "side_by_side":
      wanted.sideBySide(rows.least, rows.most);
      break;
    case "stream":
      wanted.stream(rows.several, rows.rate_hz ?? NaN, rows.longest_s ?? NaN);
      break;
    case "readings":
      break;
  }
  if (wants.number) {
    wanted.numberTruths();
  }
  return wanted;
}

/** A title, or none and a position. */
function placed(source: WantedSource): [string | undefined, number] {
  return typeof source === "string" ? [source, NaN] : [undefined, source];
}

function told(module: Tables, options: TableOptions): Told {
  const { delimiter = "", decimal = "", times = "", headerLine, rateHz } = options;
  try {
    return new module.Told(delimiter, decimal, times, headerLine ?? NaN, rateHz ?? NaN);
  } catch (error) {
    const setting = error instanceof Error ? error.message : "";
    const { option } = choice(setting, "");
    const message = `there is no such ${option}: it is ${CHOICES[option]}`;
    throw new TableProblem([message, [], "option", "option", option]);
  }
}

/** What the module throws is a list. */
function thrown<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw Array.isArray(error) ? new TableProblem(error) : error;
  }
}

/** What the options are called that Rust names otherwise. */
const OPTIONS: Readonly<Record<string, Choice["option"]>> = {
  delimiter: "delimiter",
  decimal: "decimal",
  times: "times",
  header_line: "headerLine",
  rate: "rateHz",
};

/** What each option may be. */
const CHOICES: Readonly<Record<Choice["option"], string>> = {
  delimiter: "comma, semicolon, tab, pipe or space",
  decimal: "point or comma",
  times: "s, ms, us, ns, min, h, days, ymd, dmy, mdy or clock",
  headerLine: "the number of a line, from 1, or 0 where none names the columns",
  rateHz: "a number above 0",
  encoding: "a name that TextDecoder knows",
};

function choice(setting: unknown, value: unknown): Choice {
  const option = OPTIONS[String(setting)] ?? "delimiter";
  switch (option) {
    case "headerLine":
      // Only who knows the file knows the line.
      return { option, value: null };
    case "rateHz":
      return { option, value: Number(value) };
    default:
      return { option, value: String(value) };
  }
}

function named(parts: readonly unknown[]): Record<string, string | number> {
  const values: Record<string, string | number> = {};
  for (const [name, value] of pairs(parts)) {
    values[String(name)] = typeof value === "number" ? value : String(value);
  }
  return values;
}

function pairs(parts: readonly unknown[]): [unknown, unknown][] {
  return Array.from({ length: parts.length / 2 }, (_, at) => [parts[2 * at], parts[2 * at + 1]]);
}
