/** The worker that reads files: one file, one call at a time. */

import { openCsv } from "./csv-reader.js";
import { kindOf } from "./kind.js";
import type { NumberRows, RecordingWants } from "@senselm/web";
import {
  type Dialect,
  failureOf,
  ReaderError,
  type ReaderCall,
  type ReaderCalls,
  type ReaderReply,
  type ReaderRequest,
} from "./protocol.js";
import type { TableFileReader } from "./table.js";

let table: TableFileReader | undefined;
let queue: Promise<void> = Promise.resolve();

onmessage = (event: MessageEvent<ReaderRequest>) => {
  queue = queue.then(() => serve(event.data));
};

async function serve(request: ReaderRequest): Promise<void> {
  const { id } = request;
  try {
    const result = await run(request);
    reply({ id, result }, "unread" in result ? arraysOf(result.rows) : []);
  } catch (error) {
    reply({ id, failure: failureOf(error) });
  }
}

/** The arrays of rows are handed over. */
function arraysOf(rows: NumberRows): Transferable[] {
  return Object.values(rows).flatMap((array: NumberRows[keyof NumberRows]) =>
    ArrayBuffer.isView(array) ? [array.buffer] : [],
  );
}

async function run(request: ReaderRequest): Promise<ReaderCalls[ReaderCall]["gives"]> {
  if (request.call === "open") {
    const { file, told, wants } = request.takes;
    table = await open(file, told, wants);
    return table.preview;
  }
  if (!table) {
    throw new ReaderError("crashed", null, "no file is open");
  }
  switch (request.call) {
    case "begin":
      return table.begin(request.takes.columns);
    case "facts":
      return table.facts();
    case "next":
      return table.next(request.takes.limit);
    case "rows":
      return table.rows(request.takes.first, request.takes.last, request.takes.columns);
  }
}

async function open(
  file: Blob,
  told: Partial<Dialect>,
  wants: RecordingWants | null,
): Promise<TableFileReader> {
  const kind = await kindOf(file, told.encoding);
  if (kind.format === "parquet") {
    // Half of the code, and few need it.
    const { openParquet } = await import("./parquet.js");
    return openParquet(file, wants);
  }
  return openCsv(file, kind.encoding, told, wants);
}

function reply(message: ReaderReply, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}
