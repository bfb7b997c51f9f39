/** Whether a window is unusual beside those before it. */

import { quantile } from "./statistics.js";

/** Fewer windows than this say nothing about what is usual. */
export const ENOUGH = 20;
/** How far above the median a score must be, in median absolute deviations. */
const FAR = 4;
/** Differences below this, in nats a token, are noise whatever the others are. */
const LEAST = 0.05;

/** What the latest anomaly score is beside the scores before it. */
export interface Unusual {
  verdict: "unknown" | "usual" | "unusual";
  /** The share of earlier windows with a lower score; null where there are too few. */
  above: number | null;
  /** The score from which a window is called unusual. */
  limit: number | null;
}

/** Judges a score by those of earlier windows. */
export function judge(score: number, earlier: readonly number[]): Unusual {
  const middle = quantile(earlier, 0.5);
  if (middle === null || earlier.length < ENOUGH) {
    return { verdict: "unknown", above: null, limit: null };
  }
  const deviations = earlier.map((value) => Math.abs(value - middle));
  const limit = middle + Math.max((quantile(deviations, 0.5) ?? 0) * FAR, LEAST);
  const above = earlier.filter((value) => value < score).length / earlier.length;
  return { verdict: score > limit ? "unusual" : "usual", above, limit };
}

/** How many values lie in each of `bins` equal steps from `low` to `high`. */
export function histogram(
  values: readonly number[],
  low: number,
  high: number,
  bins: number,
): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  const width = (high - low) / bins || 1;
  for (const value of values) {
    const bin = Math.min(Math.max(Math.floor((value - low) / width), 0), bins - 1);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
