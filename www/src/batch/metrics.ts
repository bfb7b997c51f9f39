/** How good answers are, where the file knows better. */

/** A share with the interval that it lies in with 95 % probability. */
export interface Share {
  right: number;
  count: number;
  value: number;
  low: number;
  high: number;
}

/** The 97.5 % quantile of the normal distribution. */
const Z = 1.959964;

/**
 * A share of a count, with Wilson's score interval, which holds for small
 * counts and for shares near 0 and 1 as well. It takes the windows to be
 * independent; where they overlap it is too narrow.
 */
export function wilson(right: number, count: number): Share | null {
  if (count === 0) {
    return null;
  }
  const value = right / count;
  const scale = 1 + Z ** 2 / count;
  const middle = (value + Z ** 2 / (2 * count)) / scale;
  const half = (Z / scale) * Math.sqrt((value * (1 - value)) / count + Z ** 2 / (4 * count ** 2));
  return {
    right,
    count,
    value,
    low: Math.max(0, middle - half),
    high: Math.min(1, middle + half),
  };
}

/** How well one label is recognised; null where nothing was to be divided. */
export interface LabelScore {
  precision: number | null;
  recall: number | null;
  f1: number | null;
  /** How many windows truly have the label, and how many were said to. */
  support: number;
  predicted: number;
}

/** How often each label was said where each was true. */
export class Confusion {
  readonly size: number;
  count = 0;
  right = 0;
  /** By `truth * size + said`. Of the pairs of thousands of labels few are met. */
  readonly #cells = new Map<number, number>();

  constructor(size: number) {
    this.size = size;
  }

  /** Counts an answer whose truth is known. */
  add(truth: number, said: number): void {
    if (truth < 0 || said < 0 || truth >= this.size || said >= this.size) {
      return;
    }
    this.count += 1;
    this.right += truth === said ? 1 : 0;
    const at = truth * this.size + said;
    this.#cells.set(at, (this.#cells.get(at) ?? 0) + 1);
  }

  /** How often `said` was said where `truth` was true. */
  at(truth: number, said: number): number {
    return this.#cells.get(truth * this.size + said) ?? 0;
  }

  /** How well each label is recognised. */
  scores(): LabelScore[] {
    const supports = Array.from({ length: this.size }, () => 0);
    const answers = Array.from({ length: this.size }, () => 0);
    for (const [cell, count] of this.#cells) {
      const truth = Math.floor(cell / this.size);
      const said = cell % this.size;
      supports[truth] = (supports[truth] ?? 0) + count;
      answers[said] = (answers[said] ?? 0) + count;
    }
    return supports.map((support, label) => {
      const predicted = answers[label] ?? 0;
      const right = this.at(label, label);
      return {
        precision: predicted > 0 ? right / predicted : null,
        recall: support > 0 ? right / support : null,
        f1: support + predicted > 0 ? (2 * right) / (support + predicted) : null,
        support,
        predicted,
      };
    });
  }

  /** The mean F1 of the labels that were true or said at least once. */
  macroF1(): number | null {
    const known = this.scores().flatMap(({ f1 }) => (f1 === null ? [] : [f1]));
    return known.length > 0 ? known.reduce((sum, f1) => sum + f1, 0) / known.length : null;
  }
}

/** Counts of values in equal parts of their range. */
export interface Histogram {
  low: number;
  high: number;
  counts: number[];
  /** How many values there are, and about which half of them lie below. */
  count: number;
  median: number;
}

/** Values that are sorted to find the range; sorting millions would take too long. */
const SORTED = 20_000;

/** Counts values that are numbers. What lies above the range goes into the last part. */
export function histogram(values: Float32Array, parts: number): Histogram | null {
  const every = Math.ceil(values.length / SORTED);
  const sample = every > 1 ? values.filter((_, at) => at % every === 0) : values;
  const sorted = sample.filter((value) => !Number.isNaN(value)).sort();
  const low = sorted[0];
  // The highest percent would make all other parts narrow.
  const high = sorted[Math.ceil(sorted.length * 0.99) - 1];
  if (low === undefined || high === undefined) {
    return null;
  }
  const counts = Array.from({ length: parts }, () => 0);
  const width = (high - low) / parts || 1;
  let count = 0;
  for (const value of values) {
    if (!Number.isNaN(value)) {
      const part = Math.max(0, Math.min(parts - 1, Math.floor((value - low) / width)));
      counts[part] = (counts[part] ?? 0) + 1;
      count += 1;
    }
  }
  return { low, high, counts, count, median: sorted[Math.floor(sorted.length / 2)] ?? low };
}
