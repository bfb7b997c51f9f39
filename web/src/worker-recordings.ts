/**
 * Recordings in the worker of a model. Texts are read by a module of its own, which
 * is fetched at the first of them; the runtime takes their numbers.
 */

import { DownloadError, InputError } from "./errors.js";
import { encodingOf } from "./encoding.js";
import type { Fits } from "./fits.js";
import { Handles } from "./handles.js";
import type {
  BadRow,
  Calls,
  Info,
  Labelled,
  NumberRows,
  NumbersOptions,
  Recording,
  RecordingStep,
  RecordingWants,
  TableOptions,
} from "./protocol.js";
import type { Build, Runtime } from "./runtime.js";
import * as tables from "../wasm/tables/tables.js";
import {
  sliceRows,
  TableProblem,
  type TablePiece,
  type TableReader,
  TableSearch,
} from "./tables.js";
import { Windows } from "./worker-fits.js";

type Session = Runtime["Session"]["prototype"];
type RuntimeRecording = Runtime["Recording"]["prototype"];

/** The most rows of a call, and the most cells of a row. */
const MAX_ROWS = 100_000;
const MAX_CELLS = 4096;
/** How much of a table is looked at, at first and how much more then. */
const SAMPLE_BYTES = 64 * 1024;
const LARGER = 64;

/** Rows of a table that are made windows at once, and samples of those windows. */
const ROWS_AT_ONCE = 1000;
const SAMPLES_AT_ONCE = 2 ** 20;
/** Samples of all windows of a table together: 512 MiB of them, and more than a tab has. */
const MAX_SAMPLES = 2 ** 26;

/** The windows of some rows. */
interface Taken extends Pick<Recording, "records"> {
  bad: Calls["pushNumbers"]["gives"]["bad"];
}

/** A recording that is open. */
interface Open {
  rows: RuntimeRecording;
  windows: Windows;
  /** The channels whose numbers are converted. */
  converted: NumbersOptions["converted"];
  /** What reads its texts, where it has texts. */
  texts: Texts | null;
}

interface Texts {
  reader: TableReader;
  /** The title of the column that holds windows. */
  window: string;
  /** Rows so far, and lines. */
  row: number;
  line: number;
}

/** What a worker has open. */
export class Recordings {
  readonly #open = new Handles<Open>("recording");
  readonly #build: Build;
  #loading: Promise<unknown> | undefined;

  /** `build` says where the modules are that read texts and look at windows. */
  constructor(build: Build) {
    this.#build = build;
  }

  async suggest(model: Session, header: readonly string[]): Promise<(number | null)[]> {
    const titles = texts(header, "the header");
    return (await this.#search(model, {})).suggest(titles);
  }

  async open(
    runtime: Runtime,
    model: Session,
    { header, columns }: Calls["openRecording"]["takes"],
  ): Promise<number> {
    const titles = texts(header, "the header");
    const search = await this.#search(model, {});
    const reader = said(() => search.rowReader(titles, places(columns)));
    const rows = new runtime.Recording(model, { truth: reader.facts.truth });
    const { columns: expected } = model.wants() as RecordingWants;
    const at = columns[expected.findIndex(({ role }) => role === "window")] ?? -1;
    const window = titles[at] ?? "";
    const windows = await Windows.open(this.#build.fits, model, false);
    const reading = { reader, window, row: 0, line: 2 };
    return this.#open.open({ rows, windows, converted: [], texts: reading });
  }

  async openNumbers(runtime: Runtime, model: Session, options: NumbersOptions): Promise<number> {
    const rows = new runtime.Recording(model, options);
    const windows = await Windows.open(this.#build.fits, model, false);
    return this.#open.open({ rows, windows, converted: options.converted, texts: null });
  }

  async push(model: Session, handle: number, rows: unknown): Promise<RecordingStep> {
    const { rows: recording, windows, texts: reading } = this.#open.find(handle);
    if (!reading) {
      throw new InputError("bad_input", "this recording takes rows of numbers");
    }
    if (!Array.isArray(rows) || rows.length > MAX_ROWS) {
      throw new InputError("bad_input", `rows are an array of at most ${MAX_ROWS}`);
    }
    const cells = rows.map((row) => texts(row, "a row"));
    const piece = reading.reader.readRows(cells, reading.line);
    reading.line += rows.length;
    const before = reading.row;
    reading.row += piece.rows.states.filter((state) => state !== 2).length;
    const step = (await model.pushRows(recording, piece.rows)) as Calls["pushNumbers"]["gives"];
    gather(windows, step.answered);
    return { answered: step.answered, bad: badRows(piece, before, step.bad, reading.window) };
  }

  async pushNumbers(
    model: Session,
    { recording, rows }: Calls["pushNumbers"]["takes"],
  ): Promise<Calls["pushNumbers"]["gives"]> {
    const { rows: open, windows } = this.#numbers(recording);
    const step = (await model.pushRows(open, rows)) as Calls["pushNumbers"]["gives"];
    gather(windows, step.answered);
    return step;
  }

  look({ recording, rows }: Calls["look"]["takes"]): null {
    const { rows: open, windows } = this.#numbers(recording);
    gather(windows, (open.take(rows) as Taken).records);
    return null;
  }

  fits({ recording, stated }: Calls["fitsRecording"]["takes"]): Fits {
    const { rows, windows, converted, texts } = this.#open.find(recording);
    const known = stated.units ?? texts?.reader.facts.units ?? [];
    if (!Array.isArray(known) || !known.every((unit) => typeof unit === "string")) {
      throw new InputError("bad_option", "units are an array of strings");
    }
    return windows.fits({ ...(rows.stated() as object), units: unitsOf(known, converted) });
  }

  /** A recording that takes rows of numbers. */
  #numbers(handle: number): Open {
    const open = this.#open.find(handle);
    if (open.texts) {
      throw new InputError("bad_input", "this recording takes rows of texts");
    }
    return open;
  }

  close(handle: number): string[] {
    const { rows, windows, texts } = this.#open.close(handle);
    windows.free();
    const warnings = [...(texts?.reader.facts.notes ?? []), ...(rows.warnings() as string[])];
    texts?.reader.free();
    rows.free();
    return warnings;
  }

  /** Reads a whole table. */
  async read(
    runtime: Runtime,
    model: Session,
    { csv, options }: Calls["readCsv"]["takes"],
  ): Promise<Recording> {
    const search = await this.#search(model, options);
    const bytes = utf8(new Uint8Array(csv), options.encoding);
    const found = said(() => {
      for (let length = SAMPLE_BYTES; ; length *= LARGER) {
        const complete = length >= bytes.length;
        const found = search.find(bytes.subarray(0, length), complete, 0);
        if (found) {
          return found;
        }
      }
    });
    const reader = said(() => found.reader(null));
    const { notes, truth, resolution_s, step_s } = reader.facts;
    const { rateHz, converted } = options;
    const rows = new runtime.Recording(model, {
      ...{ truth, resolution_s },
      ...(step_s !== undefined && { step_s }),
      ...(rateHz !== undefined && { rate_hz: rateHz }),
      ...(converted !== undefined && { converted }),
    });
    const windows = await Windows.open(this.#build.fits, model, false);
    try {
      const { offset, line } = found.table.body;
      const piece = reader.read(bytes, offset, line, true);
      const { columns } = model.wants() as RecordingWants;
      const window = columns.find(({ role }) => role === "window")?.name ?? "";
      const records: Recording["records"] = [];
      const refused: Calls["pushNumbers"]["gives"]["bad"] = [];
      const step = rowsAtOnce(model.info() as Info, piece.rows);
      for (let at = 0; at < piece.rows.states.length; at += step) {
        const some = sliceRows(piece.rows, at, at + step);
        const taken = rows.take(some) as Taken;
        records.push(...taken.records);
        gather(windows, taken.records);
        refused.push(...taken.bad);
        if (records.length * samples(taken) > MAX_SAMPLES) {
          const message =
            "the windows have too many samples together: openRecording takes rows as they come";
          throw new InputError("bad_input", message);
        }
      }
      const warnings = [...notes, ...(rows.warnings() as string[])];
      // What the cells say of their units is known once all are read.
      const units = unitsOf(reader.facts.units, converted);
      const fits = windows.fits({ ...(rows.stated() as object), units });
      return { records, bad: badRows(piece, 0, refused, window), warnings, fits };
    } finally {
      windows.free();
      rows.free();
      reader.free();
    }
  }

  async #search(model: Session, options: TableOptions): Promise<TableSearch> {
    const wants = model.wants() as RecordingWants;
    this.#loading ??= tables.default({ module_or_path: this.#build.tables });
    try {
      await this.#loading;
    } catch (error) {
      this.#loading = undefined;
      const message = `${this.#build.tables.href} cannot be had: check that it is served beside the page`;
      throw new DownloadError("bad_download", message, { cause: error });
    }
    return said(() => new TableSearch(tables, wants, options));
  }
}

function gather(windows: Windows, records: readonly Pick<Labelled, "window">[]): void {
  for (const { window } of records) {
    windows.push(window);
  }
}

/** The units that are stated; what is converted is in that of the model. */
function unitsOf(stated: readonly string[], converted: NumbersOptions["converted"]): string[] {
  return stated.map((unit, at) => (converted?.[at] ? "" : unit));
}

/** The rows that could not be used, in their order. */
function badRows(
  { rows, columns, bad }: TablePiece,
  before: number,
  refused: Calls["pushNumbers"]["gives"]["bad"],
  window: string,
): BadRow[] {
  // The positions of rows of data, and of each row how many of those are before it.
  const places: number[] = [];
  const counts = Array.from(rows.states, (state, at) => {
    return state === 2 ? places.length : places.push(at) - 1;
  });
  const unread = bad.map(({ at, line, column, name, reason }) => {
    return { line, column, row: before + (counts[at] ?? 0) + 1, name, reason };
  });
  const unfit = refused.map(({ row, reason }) => {
    const at = places[row - before - 1] ?? 0;
    return { line: rows.lines[at] ?? 0, column: columns[at] ?? 0, row, name: window, reason };
  });
  return [...unread, ...unfit].sort((a, b) => a.row - b.row);
}

/** How many rows make no more than so many samples, if each completes a window. */
function rowsAtOnce(info: Info, { states, values }: NumberRows): number {
  const window = Math.max(1, info.max_samples * info.channels.length);
  const row = Math.max(1, values.length / Math.max(1, states.length));
  const most = Math.floor(SAMPLES_AT_ONCE / Math.max(window, row));
  return Math.max(1, Math.min(ROWS_AT_ONCE, most));
}

/** The samples of one of the windows. */
function samples({ records: [record] }: Taken): number {
  return record?.window.channels.reduce((sum, { length }) => sum + length, 0) ?? 0;
}

/** Problems of a table as errors of the package. */
function said<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TableProblem)) {
      throw error;
    }
    const { message, choices, code } = error;
    if (code === "option") {
      throw new InputError("bad_option", message);
    }
    if (choices.length === 0) {
      throw new InputError("bad_input", message);
    }
    const options = choices.map(({ option, value }) => `${option}: ${JSON.stringify(value)}`);
    const ways = `${message}; say ${options.join(" or ")}`;
    throw new InputError("undecided", ways, { choices });
  }
}

function texts(cells: unknown, what: string): string[] {
  if (!Array.isArray(cells) || cells.length > MAX_CELLS) {
    throw new InputError("bad_input", `${what} is an array of at most ${MAX_CELLS} strings`);
  }
  if (!cells.every((cell): cell is string => typeof cell === "string")) {
    throw new InputError("bad_input", `a cell of ${what} is no string`);
  }
  return cells;
}

function places(columns: unknown): (number | null)[] {
  const isPlace = (at: unknown) =>
    at === null || (Number.isInteger(at) && (at as number) >= 0 && (at as number) < MAX_CELLS);
  if (!Array.isArray(columns) || !columns.every(isPlace)) {
    throw new InputError("bad_input", "a column is a position from 0, or null");
  }
  return columns as (number | null)[];
}

/**
 * Bytes of a text in UTF-8. Zeros that an old system allocated ahead, as UTF-8 with
 * some zeros, are read as they are.
 */
function utf8(bytes: Uint8Array, told: string | undefined): Uint8Array {
  const encoding = told ?? encodingOf(bytes.subarray(0, SAMPLE_BYTES)) ?? "utf-8";
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new InputError("bad_option", `there is no encoding ${encoding}`);
  }
  try {
    const text = decoder.decode(bytes);
    return decoder.encoding === "utf-8" ? bytes : new TextEncoder().encode(text);
  } catch {
    const message = `the bytes are not ${decoder.encoding}; say encoding, such as "windows-1252"`;
    throw new InputError("undecided", message, { choices: [{ option: "encoding", value: null }] });
  }
}
