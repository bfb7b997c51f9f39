/** What arrived and cannot be used: why, how it began, and how often it is said. */

import type { SourceMessage, SourceSink } from "./source.js";

/** Thrown where a message is read, and caught where it arrived. */
export class Unusable extends Error {
  override readonly name = "Unusable";

  constructor(readonly reason: SourceMessage) {
    super(reason.key);
  }
}

/**
 * What can be used of several items. What cannot is complained about, or thrown
 * where nothing else is there.
 */
export function usable<T, R>(
  items: readonly T[],
  read: (item: T) => R[],
  complain: (problem: SourceMessage) => void,
): R[] {
  const results: R[] = [];
  const refused: Unusable[] = [];
  for (const item of items) {
    try {
      results.push(...read(item));
    } catch (error) {
      if (!(error instanceof Unusable)) {
        throw error;
      }
      refused.push(error);
    }
  }
  const [first] = refused;
  if (first && results.length === 0) {
    throw first;
  }
  for (const { reason } of refused) {
    complain(reason);
  }
  return results;
}

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

  /** Runs what may find a message unusable, and counts it if so. */
  guard<T>(content: string | Uint8Array, read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Unusable)) {
        throw error;
      }
      this.add(error.reason, content);
      return null;
    }
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
