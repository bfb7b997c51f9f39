/** The worker that reads files: one file, one call at a time. */

import { openCsv } from "./csv-reader.js";
import { kindOf } from "./kind.js";
import {
  type Dialect,
  ReaderError,
  type ReaderCall,
  type ReaderCalls,
  type ReaderFailure,
  type ReaderReply,
  type ReaderRequest,
} from "./protocol.js";
import type { TableReader } from "./table.js";

let table: TableReader | undefined;
let queue: Promise<void> = Promise.resolve();

onmessage = (event: MessageEvent<ReaderRequest>) => {
  queue = queue.then(() => serve(event.data));
};

async function serve(request: ReaderRequest): Promise<void> {
  const { id } = request;
  try {
    const result = await run(request);
    const transfer = result && "lines" in result ? [result.lines.buffer] : [];
    reply({ id, result }, transfer);
  } catch (error) {
    reply({ id, failure: toFailure(error) });
  }
}

async function run(request: ReaderRequest): Promise<ReaderCalls[ReaderCall]["gives"]> {
  if (request.call === "open") {
    const { file, dialect } = request.takes;
    table = await open(file, dialect);
    return table.preview;
  }
  if (!table) {
    throw new ReaderError("crashed", null, "no file is open");
  }
  switch (request.call) {
    case "next":
      return table.next(request.takes.limit, request.takes.columns);
    case "rewind":
      table.rewind();
      return null;
    case "rows":
      return table.rows(request.takes.first, request.takes.last, request.takes.columns);
  }
}

async function open(file: Blob, told: Partial<Dialect>): Promise<TableReader> {
  const kind = await kindOf(file, told.encoding);
  if (kind.format === "parquet") {
    // Half of the code, and few need it.
    const { openParquet } = await import("./parquet.js");
    return openParquet(file);
  }
  return openCsv(file, kind.encoding, told);
}

function toFailure(error: unknown): ReaderFailure {
  if (error instanceof ReaderError) {
    return { code: error.code, line: error.line, detail: error.message };
  }
  return { code: "crashed", line: null, detail: error instanceof Error ? error.message : "" };
}

function reply(message: ReaderReply, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}
