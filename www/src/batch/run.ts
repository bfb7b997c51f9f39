/** A file through a model: rows in, answers out, both a little at a time. */

import type { RecordingReader, RecordingStep, SenseLM } from "@senselm/web";
import type { Answers } from "./answers.js";
import type { BadRows } from "./bad-rows.js";
import { type Mapping, usedColumns } from "./mapping.js";
import type { RowBatch } from "./reader/protocol.js";
import type { TableFile } from "./reader/table-file.js";

/** Cells of a batch at most: messages of this size take a few milliseconds to copy. */
const MAX_CELLS = 2000;
const MAX_ROWS = 200;
const MIN_ROWS = 4;
const FIRST_ROWS = 32;
/** What a batch should take: often enough for progress, and for a cancel to be heard. */
const AIM_MS = 60;

/** How far a run is. */
export interface Progress {
  bytes: number;
  size: number;
  rows: number;
  elapsedMs: number;
}

/** What a run works with. */
export interface Run {
  table: TableFile;
  model: SenseLM;
  header: readonly string[];
  mapping: Mapping;
  answers: Answers;
  bad: BadRows;
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
}

/**
 * Answers every window of a file, and gives the warnings about it. The next rows
 * are read while the model works on these, and no more than that, so that
 * memory does not grow with the file.
 */
export async function run(work: Run): Promise<string[]> {
  await work.table.rewind();
  const recording = await work.model.openRecording(work.header, work.mapping);
  try {
    await answerAll(work, recording);
  } catch (error) {
    // What the worker holds is freed; that it failed is said already.
    await recording.finish().catch(() => undefined);
    throw error;
  }
  return recording.finish();
}

async function answerAll(work: Run, recording: RecordingReader): Promise<void> {
  const { table, header, mapping, signal, onProgress } = work;
  const started = performance.now();
  const columns = usedColumns(mapping);
  const most = Math.max(MIN_ROWS, Math.min(MAX_ROWS, Math.floor(MAX_CELLS / header.length)));
  let limit = Math.min(FIRST_ROWS, most);
  let coming = quietly(table.next(limit, columns));
  for (;;) {
    const batch = await coming;
    signal.throwIfAborted();
    if (!batch.done) {
      coming = quietly(table.next(limit, columns));
    }
    if (batch.rows.length > 0) {
      const before = performance.now();
      const step = await recording.push(batch.rows, { signal });
      keep(work, batch, step);
      limit = fitting(limit, performance.now() - before, most);
    }
    onProgress({
      bytes: batch.bytes,
      size: table.file.size,
      rows: batch.first + batch.rows.length - 1,
      elapsedMs: performance.now() - started,
    });
    if (batch.done) {
      return;
    }
  }
}

/** A batch that is fetched ahead may fail before anybody waits for it. */
function quietly(batch: Promise<RowBatch>): Promise<RowBatch> {
  batch.catch(() => undefined);
  return batch;
}

function keep({ answers, bad }: Run, batch: RowBatch, step: RecordingStep): void {
  const lineOf = (row: number) => batch.lines[row - batch.first] ?? row;
  for (const record of step.answered) {
    answers.add(record, lineOf(record.place.row));
  }
  for (const { row, name, reason } of step.bad) {
    const malformed = batch.malformed.find((known) => known.row === row);
    bad.add({
      row,
      line: lineOf(row),
      column: malformed ? "" : name,
      reason: malformed ? { problem: malformed.reason } : reason,
    });
  }
}

function fitting(limit: number, took: number, most: number): number {
  const wanted = limit * (AIM_MS / Math.max(took, 1));
  const next = Math.round(Math.min(wanted, limit * 2));
  return Math.max(MIN_ROWS, Math.min(most, next));
}
