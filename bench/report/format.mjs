/** Numbers and names as people read them. */

import { holds } from "../statistics.mjs";

/** Three significant digits, without an exponent. */
export function number(value) {
  if (value === null || value === undefined) {
    return "-";
  }
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 4));
}

/** `4.2 (3.9 to 4.5)`: median, minimum and maximum. */
export function spread(summary) {
  if (!summary) {
    return "-";
  }
  const { min, median, max } = summary;
  return min === max ? number(median) : `${number(median)} (${number(min)} to ${number(max)})`;
}

/** What must hold, in words. */
export function wanted(target, unit) {
  if (!target) {
    return "-";
  }
  const { of, least, most } = target;
  const bound = least === undefined ? `at most ${most}` : `at least ${least}`;
  return of === "ratio" ? `${bound}x` : `${bound} ${unit}`;
}

/** Whether it does. */
export function verdict(row) {
  const kept = holds(row);
  return kept === null ? "-" : kept ? "yes" : "**no**";
}

/** What a row is about: `30M Q8_0, 2 threads, prefill-128`. */
export function title({ work, figure }) {
  const model = work.shape ?? (/^\d+m$/.test(work.model) ? work.model.toUpperCase() : work.model);
  const type = work.type ? ` ${work.type.toUpperCase()}` : "";
  const threads = work.threads === 1 ? "1 thread" : `${work.threads} threads`;
  const several = work.sequences ? `${work.sequences} sequences` : threads;
  const side = work.backend === "gpu" ? "GPU" : several;
  return `${model}${type}, ${side}, ${figure}`;
}

/** Whom a row is measured against. */
export function against({ ours, theirs, work }) {
  if (ours === theirs && work.backend === "gpu") {
    return "ourselves on the CPU, 1 thread";
  }
  return ours === theirs ? `ourselves, 1 ${work.sequences ? "sequence" : "thread"}` : theirs;
}
