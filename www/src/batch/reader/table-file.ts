/** The page's side: a file in a worker of its own. */

import type { RecordingWants } from "@senselm/web";
import {
  type Columns,
  type Dialect,
  type Preview,
  ReaderError,
  type ReaderCall,
  type ReaderCalls,
  type ReaderReply,
  type RowBatch,
  type RowFacts,
} from "./protocol.js";

interface Waiting {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

/** A file that is open. Rows come only when they are asked for. */
export class TableFile {
  readonly file: File;
  #worker: Worker | null = null;
  /** How the file was opened last, for a worker that takes over. */
  #opened: { told: Partial<Dialect>; wants: RecordingWants | null } = { told: {}, wants: null };
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #closed = false;

  constructor(file: File) {
    this.file = file;
  }

  /** Opens the file for a model, or opens it again with what is known better now. */
  async open(told: Partial<Dialect>, wants: RecordingWants | null): Promise<Preview> {
    this.#opened = { told, wants };
    return this.#call("open", { file: this.file, told, wants });
  }

  /** Says which columns are read, and goes to the first row. */
  begin(columns: Columns): Promise<RowFacts> {
    return this.#call("begin", { columns });
  }

  /** What is known of all rows, with what those so far have shown. */
  facts(): Promise<RowFacts> {
    return this.#call("facts", null);
  }

  /** The next rows, at most `limit`. */
  next(limit: number): Promise<RowBatch> {
    return this.#call("next", { limit });
  }

  /** The rows from `first` up to and with `last`, from 1. */
  rows(first: number, last: number, columns: Columns): Promise<RowBatch> {
    return this.#call("rows", { first, last, columns });
  }

  /**
   * Ends the worker of a file that nobody looks at; the next call starts another.
   * A hundred files must not be a hundred workers.
   */
  rest(): void {
    if (this.#waiting.size === 0) {
      this.#worker?.terminate();
      this.#worker = null;
    }
  }

  /** Ends the worker. Calls that are under way fail. */
  close(): void {
    this.#closed = true;
    this.#worker?.terminate();
    this.#fail(new ReaderError("crashed", null, "the file was closed"));
  }

  async #call<C extends ReaderCall>(
    call: C,
    takes: ReaderCalls[C]["takes"],
  ): Promise<ReaderCalls[C]["gives"]> {
    if (this.#closed) {
      throw new ReaderError("crashed", null, "the file was closed");
    }
    let worker = this.#worker;
    if (!worker) {
      worker = this.#worker = this.#start();
      if (call !== "open") {
        await this.#send(worker, "open", { file: this.file, ...this.#opened });
      }
    }
    return this.#send(worker, call, takes);
  }

  #send<C extends ReaderCall>(
    worker: Worker,
    call: C,
    takes: ReaderCalls[C]["takes"],
  ): Promise<ReaderCalls[C]["gives"]> {
    const id = (this.#calls += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, call, takes });
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL("./reader.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = (event: MessageEvent<ReaderReply>) => {
      const reply = event.data;
      const call = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ("failure" in reply) {
        const { code, line, detail, problem } = reply.failure;
        call?.reject(new ReaderError(code, line, detail, problem));
      } else {
        call?.resolve(reply.result as never);
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new ReaderError("crashed", null, event.message));
    };
    return worker;
  }

  #fail(error: ReaderError): void {
    for (const { reject } of this.#waiting.values()) {
      reject(error);
    }
    this.#waiting.clear();
  }
}
