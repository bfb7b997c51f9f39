/** What arrived and cannot be used: why, how it began, and how often it is said. */

import type { Spoken, Taken } from "./reader.js";
import type { SourceMessage, SourceSink } from "./source.js";

/** How much of a message is shown. */
const SAMPLE = 80;
/** A thousand bad messages a second are one report a second. */
const EVERY_MS = 1000;

/** Counts what could not be used and reports it, not more than once a second. */
export class Problems {
  readonly #sink: SourceSink;
  #total = 0;
  #pending = 0;
  #latest: { message: SourceMessage; sample: string } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(sink: SourceSink) {
    this.#sink = sink;
  }

  add(message: SourceMessage, content: string | Uint8Array = ""): void {
    this.#total += 1;
    this.#pending += 1;
    this.#latest = { message, sample: sample(content) };
    if (this.#timer === undefined) {
      this.#report();
    }
  }

  /** The readings of what was read; what is wrong with it is counted. */
  readingsOf(
    { readings, refused, complaints }: Taken,
    content: string | Uint8Array,
  ): readonly Spoken[] {
    for (const problem of refused ? [refused] : complaints) {
      this.add(problem, content);
    }
    return readings;
  }

  /** Reports what is still to be reported, and nothing afterwards. */
  close(): void {
    clearTimeout(this.#timer);
    this.#report();
    clearTimeout(this.#timer);
  }

  #report(): void {
    this.#timer = undefined;
    if (this.#latest === null || this.#pending === 0) {
      return;
    }
    const count = this.#pending;
    this.#pending = 0;
    this.#timer = setTimeout(() => {
      this.#report();
    }, EVERY_MS);
    this.#sink.problem({ ...this.#latest, count, total: this.#total });
  }
}

/** The beginning of what arrived, on one line. */
function sample(content: string | Uint8Array): string {
  const text =
    typeof content === "string" ? content : new TextDecoder().decode(content.subarray(0, SAMPLE));
  return text.slice(0, SAMPLE).replace(/\p{C}/gu, "·");
}
