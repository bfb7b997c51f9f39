/** Writes one run down, at least once a second, and never in the way of the run. */

import { AnswerRows, CHUNK_BYTES, type Chunk, ReadingRows } from "./chunks.js";
import { type Database, database, piecesOf } from "./database.js";
import { historyState } from "./state.svelte.js";
import type { AnsweredWindow, Reading, Recorder, Run } from "./types.js";

/** How long something may stay unwritten. */
const FLUSH_MS = 1000;
/** What is kept in memory at most while the database does not take it. */
const MOST_PENDING_BYTES = 4e6;

/** A piece that still grows: it is written again under the same number. */
interface Growing<R> {
  rows: R;
  seq: number;
  /** Its size as of the last writing, which the run's size contains. */
  written: number;
  dirty: boolean;
}

export class RunRecorder implements Recorder {
  readonly #run: Run;
  readonly #makeRoom: (current: string) => Promise<number>;
  readonly #onEnd: () => void;
  #seq = 0;
  #readings: Growing<ReadingRows>;
  #answers: Growing<AnswerRows>;
  /** Pieces that grow no more and are not written yet. */
  #full: Growing<ReadingRows | AnswerRows>[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastFlush = performance.now();
  #writing: Promise<void> = Promise.resolve();
  #sinceRoom = 0;
  /** Ended, or deleted by the user while it ran. */
  #over = false;

  /** `makeRoom` removes old runs and returns by how many bytes all are still too many. */
  constructor(run: Run, makeRoom: (current: string) => Promise<number>, onEnd: () => void) {
    this.#run = run;
    this.#makeRoom = makeRoom;
    this.#onEnd = onEnd;
    this.#readings = this.#growing(new ReadingRows(run.channels.length, 0));
    this.#answers = this.#growing(new AnswerRows());
    addEventListener("pagehide", this.#hidden);
    document.addEventListener("visibilitychange", this.#hidden);
  }

  get id(): string {
    return this.#run.id;
  }

  readings(batch: readonly Reading[]): void {
    if (this.#over || batch.length === 0) {
      return;
    }
    const at = Date.now();
    for (const reading of batch) {
      this.#readings.rows.add(reading, at);
    }
    this.#run.readings += batch.length;
    this.#readings.dirty = true;
    this.#schedule();
  }

  answers(batch: readonly AnsweredWindow[]): void {
    if (this.#over || batch.length === 0) {
      return;
    }
    const at = Date.now();
    for (const answer of batch) {
      this.#answers.rows.add(answer, at);
    }
    this.#run.answers += batch.length;
    this.#answers.dirty = true;
    this.#schedule();
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastFlush = performance.now();
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async end(): Promise<void> {
    if (this.#over) {
      return;
    }
    this.#run.ended = Date.now();
    await this.flush();
    this.#close();
  }

  /** A page that is hidden may never run again. */
  readonly #hidden = (): void => {
    void this.flush();
  };

  #schedule(): void {
    // A hidden tab's timers come late, its readings may not.
    if (performance.now() - this.#lastFlush >= FLUSH_MS) {
      void this.flush();
      return;
    }
    this.#timer ??= setTimeout(() => {
      void this.flush();
    }, FLUSH_MS);
  }

  async #write(): Promise<void> {
    if (this.#over) {
      return;
    }
    try {
      const db = await database();
      const written = await this.#put(db);
      if (!written) {
        this.#close();
        return;
      }
      if (this.#sinceRoom > historyState.limit / 64 || this.#run.ended !== null) {
        this.#sinceRoom = 0;
        await this.#shrink(db, await this.#makeRoom(this.id));
      }
      historyState.changed();
    } catch (error) {
      historyState.failed(error);
      // A full disk may have room again once older runs are gone.
      await this.#makeRoom(this.id).catch(() => 0);
      this.#forgetWhatIsTooMuch();
    }
  }

  /** Writes what is new in one transaction; false where the run was deleted. */
  async #put(db: Database): Promise<boolean> {
    const run = this.#run;
    this.#closeFullPieces();
    const grown = [...this.#full, this.#readings, this.#answers].filter(({ dirty }) => dirty);
    const chunks: Chunk[] = grown.map(({ rows, seq }) => rows.chunk(run.id, seq));
    const before = grown.reduce((sum, { written }) => sum + written, 0);
    const after = chunks.reduce((sum, { bytes }) => sum + bytes, 0);
    const updated = { ...run, updated: Date.now(), bytes: run.bytes + after - before };
    for (const piece of grown) {
      // What comes while this is written is for the next time.
      piece.dirty = false;
    }
    try {
      const work = db.transaction(["runs", "chunks"], "readwrite");
      if ((await work.objectStore("runs").getKey(run.id)) === undefined) {
        return false;
      }
      await Promise.all([
        ...chunks.map((chunk) => work.objectStore("chunks").put(chunk)),
        work.objectStore("runs").put(updated),
        work.done,
      ]);
    } catch (error) {
      for (const piece of grown) {
        piece.dirty = true;
      }
      throw error;
    }
    this.#full = [];
    this.#sinceRoom += after - before;
    run.updated = updated.updated;
    run.bytes = updated.bytes;
    chunks.forEach(({ bytes }, index) => {
      const piece = grown[index];
      if (piece) {
        piece.written = bytes;
      }
    });
    return true;
  }

  /** What comes later goes into pieces of their own. */
  #closeFullPieces(): void {
    const readings = this.#readings;
    if (readings.rows.bytes > CHUNK_BYTES) {
      const next = readings.rows.first + readings.rows.count;
      this.#full.push(readings);
      this.#readings = this.#growing(new ReadingRows(this.#run.channels.length, next));
    }
    if (this.#answers.rows.bytes > CHUNK_BYTES) {
      this.#full.push(this.#answers);
      this.#answers = this.#growing(new AnswerRows());
    }
  }

  #growing<R>(rows: R): Growing<R> {
    return { rows, seq: this.#seq++, written: 0, dirty: false };
  }

  /** Where this run alone passes the limit, its own oldest pieces go. */
  async #shrink(db: Database, excess: number): Promise<void> {
    if (excess <= 0) {
      return;
    }
    const run = this.#run;
    const open = new Set([this.#readings.seq, this.#answers.seq]);
    const work = db.transaction(["runs", "chunks"], "readwrite");
    let freed = 0;
    for await (const cursor of work.objectStore("chunks").iterate(piecesOf(run.id))) {
      const { seq, kind, count, bytes } = cursor.value;
      if (freed >= excess || open.has(seq)) {
        break;
      }
      freed += bytes;
      run.bytes -= bytes;
      run.dropped[kind] += count;
      await cursor.delete();
    }
    await work.objectStore("runs").put({ ...run });
    await work.done;
  }

  /** While the database takes nothing, memory must not fill up instead. */
  #forgetWhatIsTooMuch(): void {
    let pending = this.#full.reduce((sum, { rows }) => sum + rows.bytes, 0);
    while (pending > MOST_PENDING_BYTES) {
      const oldest = this.#full.shift();
      if (!oldest) {
        return;
      }
      pending -= oldest.rows.bytes;
      this.#run.bytes -= oldest.written;
      const kind = oldest.rows instanceof ReadingRows ? "readings" : "answers";
      this.#run.dropped[kind] += oldest.rows.count;
    }
  }

  #close(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    removeEventListener("pagehide", this.#hidden);
    document.removeEventListener("visibilitychange", this.#hidden);
    this.#onEnd();
  }
}

/** Stands in where nothing can be kept: the run goes on without. */
export class NoRecorder implements Recorder {
  readonly id = "";

  readings(): void {
    // Nothing is kept.
  }

  answers(): void {
    // Nothing is kept.
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}
