/** Numbers that were said over those that are true, on a canvas, some at a time. */

import type { Answers } from "../answers.js";
import { turn } from "../order.js";
import type { Colours } from "./picture.js";

/** Points that are drawn before the page gets its turn again. */
const SLICE = 4000;
const TICKS = 5;

/** Where the chart goes. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** What it takes beside the numbers. */
export interface ScatterOptions {
  colours: Colours;
  signal: AbortSignal;
  said: string;
  truth: string;
  axis: (value: number) => string;
}

/** Draws points, the line on which an answer is exact, and both axes. */
export async function drawScatter(
  context: CanvasRenderingContext2D,
  answers: Answers,
  box: Box,
  options: ScatterOptions,
): Promise<void> {
  const { colours, signal, axis } = options;
  const { length } = answers;
  const range = rangeOf(answers, length);
  if (!range) {
    return;
  }
  const { left, top, width, height } = box;
  const { low, high } = range;
  const share = (value: number) => (value - low) / (high - low);
  const x = (value: number) => left + share(value) * width;
  const y = (value: number) => top + height - share(value) * height;
  context.font = `12px ${colours("--font")}`;
  context.lineWidth = 1;
  for (const value of ticksOf(low, high)) {
    context.strokeStyle = colours("--grid");
    context.beginPath();
    context.moveTo(x(value), top);
    context.lineTo(x(value), top + height);
    context.moveTo(left, y(value));
    context.lineTo(left + width, y(value));
    context.stroke();
    context.fillStyle = colours("--muted");
    context.textAlign = "center";
    context.fillText(axis(value), x(value), top + height + 18);
    context.textAlign = "right";
    context.fillText(axis(value), left - 8, y(value) + 4);
  }
  context.textAlign = "center";
  context.fillText(options.truth, left + width / 2, top + height + 38);
  context.textAlign = "left";
  context.fillText(options.said, left, top - 10);
  context.strokeStyle = colours("--muted");
  context.setLineDash([5, 5]);
  context.beginPath();
  context.moveTo(x(low), y(low));
  context.lineTo(x(high), y(high));
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = colours("--hue-1");
  context.globalAlpha = length > 2000 ? 0.35 : 0.7;
  const radius = length > 2000 ? 1.5 : 3;
  for (let start = 0; start < length; start += SLICE) {
    context.beginPath();
    for (let at = start; at < Math.min(start + SLICE, length); at += 1) {
      const said = answers.value[at] ?? NaN;
      const truth = answers.trueValue[at] ?? NaN;
      if (!Number.isNaN(said - truth)) {
        context.moveTo(x(truth) + radius, y(said));
        context.arc(x(truth), y(said), radius, 0, 2 * Math.PI);
      }
    }
    context.fill();
    await turn(signal);
  }
  context.globalAlpha = 1;
}

/** Round numbers of a range, about five. */
function ticksOf(low: number, high: number): number[] {
  const rough = (high - low) / TICKS;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 5].find((factor) => factor * unit >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, at) => (first + at) * step);
}

/** The same range for both axes, so that the line of exact answers is the diagonal. */
function rangeOf(answers: Answers, length: number): { low: number; high: number } | null {
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < length; at += 1) {
    const said = answers.value[at] ?? NaN;
    const truth = answers.trueValue[at] ?? NaN;
    if (!Number.isNaN(said - truth)) {
      low = Math.min(low, said, truth);
      high = Math.max(high, said, truth);
    }
  }
  if (low > high) {
    return null;
  }
  const room = (high - low) * 0.04 || 1;
  return { low: low - room, high: high + room };
}
