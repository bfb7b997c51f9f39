/** Numbers about numbers. */

/** The middle of the values, or the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Minimum, median and maximum of one or more values. */
export function summarize(values) {
  if (values.length === 0 || !values.every(Number.isFinite)) {
    throw new Error(`cannot summarize ${JSON.stringify(values)}`);
  }
  return { min: Math.min(...values), median: median(values), max: Math.max(...values) };
}

/**
 * What the rounds of a figure come to: each side's summary, and that of the
 * ratios of neighbours, which a machine that slows down does not distort.
 */
export function compare(rounds) {
  const ours = summarize(rounds.map((round) => round.ours));
  if (rounds.some((round) => round.theirs === null)) {
    return { ours, theirs: null, ratio: null };
  }
  return {
    ours,
    theirs: summarize(rounds.map((round) => round.theirs)),
    ratio: summarize(rounds.map((round) => round.ours / round.theirs)),
  };
}

/** Whether a row keeps what it must: true, false, or null where nothing is asked. */
export function holds({ target, summary }) {
  if (!target) {
    return null;
  }
  const value = target.of === "ratio" ? summary.ratio?.median : summary.ours.median;
  if (value === undefined) {
    return null;
  }
  return target.least === undefined ? value <= target.most : value >= target.least;
}
