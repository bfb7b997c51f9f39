/** The page's side: a file in a worker of its own. */

import {
  type Dialect,
  type Preview,
  ReaderError,
  type ReaderCall,
  type ReaderCalls,
  type ReaderReply,
  type RowBatch,
} from "./protocol.js";

interface Waiting {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

/** A file that is open. Rows come only when they are asked for. */
export class TableFile {
  readonly file: File;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #closed = false;

  constructor(file: File) {
    this.file = file;
    this.#worker = new Worker(new URL("./reader.worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = (event: MessageEvent<ReaderReply>) => {
      const reply = event.data;
      const call = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ("failure" in reply) {
        const { code, line, detail } = reply.failure;
        call?.reject(new ReaderError(code, line, detail));
      } else {
        call?.resolve(reply.result as never);
      }
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new ReaderError("crashed", null, event.message));
    };
  }

  /** Opens the file, or opens it again with what is known better now. */
  open(dialect: Partial<Dialect>): Promise<Preview> {
    return this.#call("open", { file: this.file, dialect });
  }

  /** The next rows, at most `limit`, with these columns at least. */
  next(limit: number, columns: readonly number[]): Promise<RowBatch> {
    return this.#call("next", { limit, columns });
  }

  /** Goes back to the first row. */
  async rewind(): Promise<void> {
    await this.#call("rewind", null);
  }

  /** The rows from `first` up to and with `last`, from 1. */
  rows(first: number, last: number, columns: readonly number[]): Promise<RowBatch> {
    return this.#call("rows", { first, last, columns });
  }

  /** Ends the worker. Calls that are under way fail. */
  close(): void {
    this.#closed = true;
    this.#worker.terminate();
    this.#fail(new ReaderError("crashed", null, "the file was closed"));
  }

  #call<C extends ReaderCall>(
    call: C,
    takes: ReaderCalls[C]["takes"],
  ): Promise<ReaderCalls[C]["gives"]> {
    if (this.#closed) {
      return Promise.reject(new ReaderError("crashed", null, "the file was closed"));
    }
    const id = (this.#calls += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, call, takes });
    });
  }

  #fail(error: ReaderError): void {
    for (const { reject } of this.#waiting.values()) {
      reject(error);
    }
    this.#waiting.clear();
  }
}
