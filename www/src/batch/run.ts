/** A file through a model: rows in, answers out, both a little at a time. */

import type { Fits, NumbersOptions, NumbersReader, NumbersStep, SenseLM } from "@senselm/web";
import type { Answers } from "./answers.js";
import type { BadRows } from "./bad-rows.js";
import type { Mapping } from "./mapping.js";
import type { RowBatch, RowFacts } from "./reader/protocol.js";
import type { TableFile } from "./reader/table-file.js";

/** Rows of a batch at most. */
const MAX_ROWS = 200;
const MIN_ROWS = 4;
const FIRST_ROWS = 32;
/** What a batch should take: often enough for progress, and for a cancel to be heard. */
const AIM_MS = 60;

/** For each channel what its numbers are of those that the model takes: times and plus. */
export type Converted = readonly ([number, number] | null)[];

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
  converted: Converted;
  /** Which of the expected columns holds whole windows, or -1. */
  windows: number;
  answers: Answers;
  bad: BadRows;
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
}

/** What is known of a file once all of it was answered. */
export interface Ended {
  warnings: string[];
  /** Whether it is of the kind that the model was trained on. */
  fits: Fits;
}

/**
 * Answers every window of a file that is at its beginning; `facts` are what the reader knows of all rows. The next rows
 * are read while the model works on these, and no more than that, so that
 * memory does not grow with the file.
 */
export async function run(facts: RowFacts, work: Run): Promise<Ended> {
  const recording = await work.model.openNumbers(optionsOf(facts, work.converted));
  let fits: Fits;
  try {
    await answerAll(work, recording);
    const { units } = await work.table.facts();
    fits = await recording.fits({ units });
  } catch (error) {
    // What the worker holds is freed; that it failed is said already.
    await recording.finish().catch(() => undefined);
    throw error;
  }
  return { warnings: [...facts.notes, ...(await recording.finish())], fits };
}

/** What the model is told of a recording before its first row. */
export function optionsOf(
  { truth, resolution_s, step_s }: RowFacts,
  converted: Converted,
): NumbersOptions {
  return { truth, resolution_s, ...(step_s !== undefined && { step_s }), converted };
}

async function answerAll(work: Run, recording: NumbersReader): Promise<void> {
  const { table, signal, onProgress } = work;
  const started = performance.now();
  let limit = FIRST_ROWS;
  let coming = quietly(table.next(limit));
  for (;;) {
    const batch = await coming;
    signal.throwIfAborted();
    if (!batch.done) {
      coming = quietly(table.next(limit));
    }
    const rows = batch.rows.states.length;
    if (rows > 0) {
      const before = performance.now();
      const lines = lineOf(batch);
      const step = await recording.push(batch.rows, { signal });
      keep(work, batch, step, lines);
      limit = fitting(limit, performance.now() - before);
    }
    onProgress({
      bytes: batch.bytes,
      size: table.file.size,
      rows: batch.first + rows - 1,
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

/** The line of each row of data. */
function lineOf({ first, rows: { lines, states } }: RowBatch): (row: number) => number {
  // Taken before the arrays are handed over.
  const ofData = lines.filter((_, at) => states[at] !== 2);
  return (row) => ofData[row - first] ?? row;
}

function keep(
  { answers, bad, header, mapping, windows }: Run,
  batch: RowBatch,
  step: NumbersStep,
  lineOf: (row: number) => number,
): void {
  for (const record of step.answered) {
    answers.add(record, lineOf(record.place.row));
  }
  const unread = batch.unread.map(({ problem, ...where }) => ({ ...where, reason: problem }));
  const refused = step.bad.map(({ row, reason }) => {
    return { row, line: lineOf(row), column: header[mapping[windows] ?? -1] ?? "", reason };
  });
  for (const row of [...unread, ...refused].sort((a, b) => a.row - b.row)) {
    bad.add(row);
  }
}

function fitting(limit: number, took: number): number {
  const wanted = limit * (AIM_MS / Math.max(took, 1));
  const next = Math.round(Math.min(wanted, limit * 2));
  return Math.max(MIN_ROWS, Math.min(MAX_ROWS, next));
}
