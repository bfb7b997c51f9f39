/**
 * The module that reads tables, and what it looks for in one: it is fetched with the
 * first file. No rule of what a cell means is here.
 */

import type { RecordingWants } from "@senselm/web";
import {
  TableProblem,
  type TablePiece,
  type TableReader,
  type Tables,
  TableSearch,
} from "../../../../web/src/tables.js";
import type { InitInput } from "../../../../web/wasm/tables/tables.js";
// A file of its own, everywhere: the page's policy has no data: addresses.
import address from "../../../../web/wasm/tables/tables_bg.wasm?url&no-inline";
import { type Dialect, ReaderError, type UnreadRow } from "./protocol.js";

let loading: Promise<Tables> | undefined;

/** Fetches the module, once, unless a host has it already. */
export function loadTables(from: InitInput = address): Promise<Tables> {
  loading ??= load(from).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(from: InitInput): Promise<Tables> {
  const tables = await import("../../../../web/wasm/tables/tables.js");
  await tables.default({ module_or_path: from });
  return tables;
}

/** What is looked for in a table. */
export async function searchFor(
  wants: RecordingWants | null,
  told: Partial<Dialect>,
): Promise<TableSearch> {
  const tables = await loadTables();
  const { delimiter, decimal, headerLine, times, rateHz } = told;
  return said(() => {
    const options = {
      ...(delimiter !== undefined && { delimiter }),
      ...(decimal !== undefined && { decimal }),
      ...(headerLine !== undefined && { headerLine }),
      ...(times !== undefined && { times }),
      ...(typeof rateHz === "number" && { rateHz }),
    };
    return new TableSearch(tables, wants, options);
  });
}

/** What a cell of each column looks like, of rows that have no text of their own. */
export async function looksOf(rows: readonly (readonly string[])[], width: number) {
  const tables = await loadTables();
  return Array.from({ length: width }, (_, at) => tables.looksOf(rows.map((row) => row[at] ?? "")));
}

/** Problems of a table as errors of a file. */
export function said<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TableProblem)) {
      throw error;
    }
    const { code, values, choices, message } = error;
    const line = typeof values["line"] === "number" ? values["line"] : null;
    if (code === "empty") {
      throw new ReaderError("empty");
    }
    throw new ReaderError("table", line, message, { code, values, choices });
  }
}

/** The reader of a file of which somebody said which columns are read. */
export function begun(reader: TableReader | null): TableReader {
  if (!reader) {
    throw new ReaderError("crashed", null, "nobody said which columns are read");
  }
  return reader;
}

/** The rows of a piece that could not be read; its first row has the number `first`. */
export function unreadOf({ rows, bad }: TablePiece, first: number): UnreadRow[] {
  return bad.map(({ at, line, name, code, values }) => {
    const before = rows.states.subarray(0, at).filter((state) => state !== 2).length;
    return { row: first + before, line, column: name, problem: { code, values } };
  });
}

/** How many rows of data there are: the header once more is none. */
export function countedIn(states: Uint8Array): number {
  return states.filter((state) => state !== 2).length;
}
