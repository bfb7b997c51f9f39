/** Whether a source has fallen silent: by how often it spoke, not by what it says. */

import { Latest, quantile } from "./statistics.js";

/** Intervals that say how often it speaks. */
const INTERVALS = 32;
/** So many times as long as usual is silence, and less than this never is. */
const TIMES = 5;
const LEAST_MS = 3000;
/** Where nobody knows how often it speaks. */
const UNKNOWN_MS = 15_000;

/** When a source was heard. Times are those of one clock, in milliseconds. */
export class Silence {
  readonly #intervals = new Latest(INTERVALS);
  /** What the model says of its readings, until they show it themselves. */
  readonly #expected: number | null;
  #heard: number | null = null;
  /** Since when it is listened to. */
  #since: number | null = null;

  constructor(rateHz: number | null) {
    this.#expected = rateHz === null ? null : 1000 / rateHz;
  }

  /** Begins to listen, or goes on after it was away. */
  listen(now: number): void {
    this.#since = now;
  }

  /** Readings came. */
  hear(now: number): void {
    if (this.#heard !== null) {
      this.#intervals.add(now - this.#heard);
    }
    this.#heard = now;
  }

  /** How long ago the newest reading came; null where none has. */
  age(now: number): number | null {
    return this.#heard === null ? null : Math.max(now - this.#heard, 0);
  }

  /** After how long without a reading it is silent. */
  get after(): number {
    const usual = quantile(this.#intervals.values, 0.5) ?? this.#expected;
    return usual === null ? UNKNOWN_MS : Math.max(LEAST_MS, TIMES * usual);
  }

  /** Whether it is silent; who does not listen hears nothing. */
  isSilent(now: number): boolean {
    const last = Math.max(this.#heard ?? -Infinity, this.#since ?? -Infinity);
    return this.#since !== null && now - last > this.after;
  }
}
