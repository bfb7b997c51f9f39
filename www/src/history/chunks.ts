/**
 * Readings and answers in pieces of some kilobytes: few enough records for the
 * database, and a crash costs only what the last piece did not have yet.
 */

import type { AnsweredWindow, KeptAnswer, KeptReading, Reading } from "./types.js";

/** A piece is closed when it has this size. */
export const CHUNK_BYTES = 8192;
/** What the database itself takes for a record, about. */
const RECORD_BYTES = 64;

/** A piece in the database. `seq` counts the pieces of a run, of both kinds. */
export type Chunk = { run: string; seq: number; count: number; bytes: number } & (
  { kind: "readings"; first: number; rows: Float64Array } | { kind: "answers"; rows: KeptAnswer[] }
);

/** Readings as rows of numbers: when received, the source's time, the values. */
export class ReadingRows {
  readonly #width: number;
  readonly first: number;
  #rows: number[] = [];

  constructor(channels: number, first: number) {
    this.#width = channels + 2;
    this.first = first;
  }

  get count(): number {
    return this.#rows.length / this.#width;
  }

  /** NaN stands for a missing value, here and in the database. */
  add({ values, time_s }: Reading, at: number): void {
    this.#rows.push(at, time_s ?? NaN);
    for (let channel = 0; channel < this.#width - 2; channel += 1) {
      this.#rows.push(values[channel] ?? NaN);
    }
  }

  get bytes(): number {
    return this.#rows.length * Float64Array.BYTES_PER_ELEMENT + RECORD_BYTES;
  }

  chunk(run: string, seq: number): Chunk {
    const { first, count, bytes } = this;
    return { run, seq, kind: "readings", first, count, bytes, rows: Float64Array.from(this.#rows) };
  }
}

/** Answers as they were given, without their windows: the readings are there. */
export class AnswerRows {
  #rows: KeptAnswer[] = [];
  #bytes = RECORD_BYTES;

  get count(): number {
    return this.#rows.length;
  }

  add({ start, end, answer, refused }: AnsweredWindow, at: number): void {
    const kept = { start, end, answer, refused, at };
    this.#rows.push(kept);
    this.#bytes += JSON.stringify(kept).length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  chunk(run: string, seq: number): Chunk {
    const { count, bytes } = this;
    return { run, seq, kind: "answers", count, bytes, rows: [...this.#rows] };
  }
}

/** The readings of a piece. */
export function* readingsOf(chunk: Chunk): Generator<KeptReading> {
  if (chunk.kind !== "readings" || chunk.count === 0) {
    return;
  }
  const width = chunk.rows.length / chunk.count;
  for (let row = 0; row < chunk.count; row += 1) {
    const [at = 0, time_s = NaN, ...values] = chunk.rows.subarray(row * width, (row + 1) * width);
    const read = values.map((value) => (Number.isNaN(value) ? null : value));
    yield { index: chunk.first + row, at, time_s, values: read };
  }
}
