/** What the views may know about the history without asking the database. */

import { keep, kept } from "../app/storage.js";

/** The limits that are offered, in bytes. */
export const LIMITS = [10e6, 50e6, 200e6, 1e9] as const;
const DEFAULT_LIMIT = 50e6;
const KEY = "history.limit";

class HistoryState {
  #limit = $state(storedLimit());
  #problem = $state<string | null>(null);
  #revision = $state(0);

  /** The most bytes that all runs may take together. */
  get limit(): number {
    return this.#limit;
  }

  set limit(bytes: number) {
    this.#limit = bytes;
    keep(KEY, String(bytes));
  }

  /** Why nothing can be kept, or null. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Counts changes: whoever shows runs reads them anew when it does. */
  get revision(): number {
    return this.#revision;
  }

  changed(): void {
    this.#revision += 1;
    this.#problem = null;
  }

  failed(error: unknown): void {
    this.#problem = error instanceof Error ? error.message : String(error);
  }
}

function storedLimit(): number {
  const bytes = Number(kept(KEY));
  return Number.isFinite(bytes) && bytes > 0 ? bytes : DEFAULT_LIMIT;
}

/** The state of the history. */
export const historyState = new HistoryState();
