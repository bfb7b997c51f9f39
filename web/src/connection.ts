/** The page's end of the wire: calls to a worker, and its replies. */

import { cancelled, InputError, SenseLMError } from "./errors.js";
import { fromFailure } from "./failure.js";
import type { AnyCalls, BackendChange, Calls, FromWorker, ToWorker } from "./protocol.js";
import { NO_WORKER } from "./workers.js";

/** What every call accepts. */
export interface CallOptions {
  /** Gives up on the call, which then fails with a {@link CancelledError}. */
  signal?: AbortSignal | undefined;
}

/** A call that is under way. */
interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: SenseLMError) => void;
  onPiece?: ((piece: string) => void) | undefined;
  onProgress?: ((loaded: number, total: number | null) => void) | undefined;
  onCompiled?: ((done: number, total: number) => void) | undefined;
}

/** Matches replies to calls: of a model's worker, or of another that serves `All`. */
export class Connection<All extends AnyCalls<All> = Calls> {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  /** Told what happened to the GPU. */
  onChange: (change: BackendChange) => void = () => undefined;
  #nextId = 0;
  #closed: SenseLMError | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#worker.onmessage = (event: MessageEvent<FromWorker>) => {
      this.#receive(event.data);
    };
    this.#worker.onerror = (event) => {
      this.#end(whyWorkerFailed(event));
    };
  }

  call<C extends keyof All>(
    call: C,
    takes: All[C]["takes"],
    options: CallOptions &
      Pick<Pending, "onPiece" | "onProgress" | "onCompiled"> & { transfer?: Transferable[] } = {},
  ): Promise<All[C]["gives"]> {
    const { signal, onPiece, onProgress, onCompiled, transfer = [] } = options;
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(this.#closed);
        return;
      }
      if (signal?.aborted) {
        reject(cancelled(signal));
        return;
      }
      const id = this.#nextId++;
      const abort = () => {
        this.#pending.delete(id);
        this.#send({ cancel: id }, []);
        reject(cancelled(signal));
      };
      const settled = () => signal?.removeEventListener("abort", abort);
      this.#pending.set(id, {
        resolve: (result) => {
          settled();
          resolve(result);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
        onPiece,
        onProgress,
        onCompiled,
      });
      signal?.addEventListener("abort", abort, { once: true });
      try {
        this.#send({ id, call, takes } as ToWorker<All>, transfer);
      } catch (error) {
        this.#pending.delete(id);
        settled();
        const message =
          "an argument cannot be sent to the worker: numbers, strings, booleans, null, files and " +
          "buffers that were not handed over before can be, and plain objects and arrays of these";
        reject(new InputError("bad_input", message, { cause: error }));
      }
    });
  }

  close(): void {
    this.#end(new SenseLMError("closed", "this model was closed; load it again"));
  }

  #send(message: ToWorker<All>, transfer: Transferable[]): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromWorker): void {
    if ("change" in message) {
      this.onChange(message.change);
      return;
    }
    const pending = this.#pending.get(message.id);
    if (!pending) {
      return;
    }
    if ("piece" in message) {
      pending.onPiece?.(message.piece);
    } else if ("progress" in message) {
      pending.onProgress?.(message.progress.loaded, message.progress.total);
    } else if ("compiled" in message) {
      pending.onCompiled?.(message.compiled.done, message.compiled.total);
    } else {
      this.#pending.delete(message.id);
      if ("result" in message) {
        pending.resolve(message.result);
      } else {
        pending.reject(fromFailure(message.failure));
      }
    }
  }

  #end(reason: SenseLMError): void {
    if (this.#closed) {
      return;
    }
    this.#closed = reason;
    this.#worker.terminate();
    for (const pending of this.#pending.values()) {
      pending.reject(reason);
    }
    this.#pending.clear();
  }
}

/** What an exception in the worker says, or why there is no worker at all. */
function whyWorkerFailed(event: ErrorEvent): SenseLMError {
  // A script that cannot be loaded gives an event without a message.
  const { message } = event as Partial<ErrorEvent>;
  return message
    ? new SenseLMError("crashed", `the worker failed: ${message}; load the model again`)
    : new SenseLMError("no_worker", NO_WORKER);
}
