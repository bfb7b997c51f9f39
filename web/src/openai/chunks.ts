/** Responses that come in chunks. */

import { InputError } from "../index.js";
import { inShape } from "./error.js";
import type { Chunks } from "./responses.js";

/** Makes chunks once they are asked for; the signal ends them. */
type Make<Chunk> = (signal: AbortSignal) => AsyncIterable<Chunk>;

/** Nothing is generated before the first chunk is asked for. */
export class ChunkStream<Chunk> implements Chunks<Chunk> {
  readonly controller = new AbortController();
  readonly #make: Make<Chunk>;
  readonly #signal: AbortSignal;
  readonly #prompt: string;
  #iterated = false;

  /** `prompt` is the parameter that the prompt comes from, for errors. */
  constructor(make: Make<Chunk>, signal: AbortSignal | undefined, prompt: string) {
    const { signal: own } = this.controller;
    this.#make = make;
    this.#signal = signal ? AbortSignal.any([signal, own]) : own;
    this.#prompt = prompt;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk, void, undefined> {
    if (this.#iterated) {
      throw new InputError("bad_input", "a stream can be iterated once: keep its chunks");
    }
    this.#iterated = true;
    try {
      yield* this.#make(this.#signal);
    } catch (error) {
      throw inShape(error, this.#prompt);
    }
  }
}

/** A text without the blanks that it begins with. */
export async function* withoutBlanks(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  let begun = false;
  for await (const piece of pieces) {
    const shown: string = begun ? piece : piece.trimStart();
    begun ||= shown !== "";
    if (shown !== "") {
      yield shown;
    }
  }
}
