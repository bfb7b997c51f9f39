/** A text while it is generated: its pieces, and what it came to. */

import { cancelled, InputError } from "./errors.js";
import type { Generated } from "./protocol.js";

/** Begins a text: tells its pieces, heeds the signal, and gives the whole. */
type Start = (onPiece: (piece: string) => void, signal: AbortSignal) => Promise<Generated>;

/**
 * A text while it is generated.
 *
 * `for await` gives its pieces as they become certain. Leaving the loop early,
 * with `break`, `return` or an error, cancels the rest of the text; a slow loop
 * loses nothing. Who wants only the whole awaits `result`.
 *
 * @example
 * ```js
 * const text = model.generate("A pump", { max_tokens: 40 });
 * for await (const piece of text) {
 *   output.append(piece);
 * }
 * const { stopped_by } = await text.result;
 * ```
 */
export class TextStream implements AsyncIterable<string> {
  /**
   * The whole text, and how it ended. Fails as the loop does: with the code
   * `cancelled` after a signal or where the loop was left. Nobody has to await
   * it.
   */
  readonly result: Promise<Generated>;
  readonly #signal: AbortSignal | undefined;
  readonly #left = new AbortController();
  readonly #pieces: string[] = [];
  #ended = false;
  #iterated = false;
  #wake: () => void = () => undefined;

  /** @internal */
  constructor(start: Start, signal: AbortSignal | undefined) {
    this.#signal = signal;
    const onPiece = (piece: string) => {
      this.#pieces.push(piece);
      this.#wake();
    };
    const { signal: left } = this.#left;
    this.result = start(onPiece, signal ? AbortSignal.any([signal, left]) : left);
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    // Whoever only iterates, or does neither, is spared an unhandled rejection.
    this.result.then(end, end);
  }

  /** Gives the pieces, once: a second loop fails with the code `bad_input`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    if (this.#iterated) {
      const message = "a text can be iterated once: collect its pieces, or await its result";
      throw new InputError("bad_input", message);
    }
    this.#iterated = true;
    try {
      for (;;) {
        if (this.#signal?.aborted) {
          throw cancelled(this.#signal);
        }
        const piece = this.#pieces.shift();
        if (piece !== undefined) {
          yield piece;
        } else if (this.#ended) {
          break;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
      await this.result;
    } finally {
      this.#left.abort();
    }
  }
}
