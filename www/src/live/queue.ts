/** Readings that wait for the model, in the order in which they came. */

import type { Reading } from "@senselm/web";

/** A batch as it came, or a break behind which a new window begins. */
type Entry = { readings: readonly Reading[]; at: number } | "break";

/** What is pushed next: readings without a break between them. */
export interface Taken {
  readings: Reading[];
  /** Whether a break lies in front of them. */
  afterBreak: boolean;
}

/**
 * Nothing is ever dropped from it: it is as long as the model is slower than
 * the source.
 */
export class Queue {
  #entries: Entry[] = [];
  /** How many entries, and of the first one how many readings, are gone. */
  #head = 0;
  #used = 0;
  #size = 0;

  /** How many readings wait. */
  get size(): number {
    return this.#size;
  }

  /** When the oldest that waits came; null where none waits. */
  get since(): number | null {
    const entry = this.#entries.slice(this.#head, this.#head + 2).find((e) => e !== "break");
    return entry?.at ?? null;
  }

  add(readings: readonly Reading[], at: number): void {
    if (readings.length > 0) {
      this.#entries.push({ readings, at });
      this.#size += readings.length;
    }
  }

  /** A window must not reach over what comes next. */
  break(): void {
    if (this.#entries.at(-1) !== "break") {
      this.#entries.push("break");
    }
  }

  /** Takes up to `most` readings. */
  take(most: number): Taken {
    const taken: Taken = { readings: [], afterBreak: false };
    while (taken.readings.length < most) {
      const entry = this.#entries[this.#head];
      if (entry === undefined || (entry === "break" && taken.readings.length > 0)) {
        break;
      }
      if (entry === "break") {
        taken.afterBreak = true;
        this.#head += 1;
        continue;
      }
      const until = Math.min(entry.readings.length, this.#used + most - taken.readings.length);
      taken.readings.push(...entry.readings.slice(this.#used, until));
      this.#used = until;
      if (until === entry.readings.length) {
        this.#head += 1;
        this.#used = 0;
      }
    }
    this.#size -= taken.readings.length;
    if (this.#head > 256 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }
}
