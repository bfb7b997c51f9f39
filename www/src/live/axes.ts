/** How the axes of a chart are scaled and labelled. */

import type uPlot from "uplot";
import { number } from "../i18n/format.js";
import { t } from "../i18n/index.svelte.js";

/** A range with room above and below, wide enough that noise stays small. */
export function padded(_: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax {
  if (min === null || max === null) {
    return [0, 1];
  }
  const largest = Math.max(Math.abs(min), Math.abs(max));
  const size = Math.max(max - min, largest * 0.3, 0.2);
  const middle = (min + max) / 2;
  return [middle - size * 0.6, middle + size * 0.6];
}

/** A value beside its line. */
export function valueLabel(value: number): string {
  return number(value, 4);
}

/** Seconds since the run began: `45 s`, `12:05`, `1:00:10`. */
export function timeLabel(seconds: number): string {
  if (Math.abs(seconds) < 600) {
    return t("live.seconds", { seconds: number(seconds, 2) });
  }
  const whole = Math.round(seconds);
  const zero = number(0);
  const two = (value: number) => number(value).padStart(2, zero);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = two(whole % 60);
  return hours > 0 ? `${number(hours)}:${two(minutes)}:${rest}` : `${number(minutes)}:${rest}`;
}
