/** Figures over the latest of many values. */

/** The value below which a share of the values lies; null of none. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  return below === undefined || above === undefined
    ? null
    : below + (above - below) * (place - Math.floor(place));
}

/** The last few of many numbers. */
export class Latest {
  readonly #size: number;
  readonly #values: number[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  get values(): readonly number[] {
    return this.#values;
  }

  add(value: number): void {
    this.#values.push(value);
    if (this.#values.length > this.#size) {
      this.#values.shift();
    }
  }
}

/** How many things happen in a second, over the last few seconds. */
export class Rate {
  readonly #span_ms: number;
  /** When, and how many. */
  readonly #seen: { at: number; count: number }[] = [];
  #began: number | null = null;

  constructor(span_ms = 5000) {
    this.#span_ms = span_ms;
  }

  add(count: number, now: number): void {
    this.#began ??= now;
    this.#seen.push({ at: now, count });
    this.#forget(now);
  }

  /** Per second; null before a second has passed. */
  perSecond(now: number): number | null {
    this.#forget(now);
    const since = now - (this.#began ?? now);
    if (since < 1000) {
      return null;
    }
    const sum = this.#seen.reduce((sum, { count }) => sum + count, 0);
    return (sum / Math.min(since, this.#span_ms)) * 1000;
  }

  #forget(now: number): void {
    const kept = this.#seen.findIndex(({ at }) => at > now - this.#span_ms);
    this.#seen.splice(0, kept < 0 ? this.#seen.length : kept);
  }
}
