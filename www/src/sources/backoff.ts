/** How long to wait before a lost connection is tried again. */

/** What a wait depends on; the last two are there for tests. */
export interface BackoffOptions {
  /** The longest first wait. */
  firstMs: number;
  /** The longest wait of all. */
  capMs: number;
  /** A connection that held for this long starts over with short waits. */
  stableMs: number;
  random: () => number;
  now: () => number;
}

const DEFAULT: BackoffOptions = {
  firstMs: 500,
  capMs: 30_000,
  stableMs: 10_000,
  random: Math.random,
  now: () => performance.now(),
};

/**
 * Waits that double up to a cap. Half of each wait is chance, so that a hundred
 * tablets do not come back to a broker in the same moment.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #attempts = 0;
  #since: number | null = null;

  constructor(options: Partial<BackoffOptions> = {}) {
    this.#options = { ...DEFAULT, ...options };
  }

  /** Says that the connection stands, from now on. */
  connected(): void {
    this.#since = this.#options.now();
  }

  /** How long to wait before the next attempt, in milliseconds. */
  delay(): number {
    const { firstMs, capMs, stableMs, random, now } = this.#options;
    // A connection that breaks at once must not be tried again at once forever.
    if (this.#since !== null && now() - this.#since >= stableMs) {
      this.#attempts = 0;
    }
    this.#since = null;
    const longest = Math.min(firstMs * 2 ** Math.min(this.#attempts, 30), capMs);
    this.#attempts += 1;
    return Math.round(longest / 2 + (random() * longest) / 2);
  }
}
