/** Where the marks of the timeline are, apart from how they are drawn. */

import { confidence, hueIndex, type LiveAnswer } from "./answers.js";

/** One column of the timeline. */
export interface Mark {
  item: LiveAnswer;
  /** Which label colour; null of a window without an answer. */
  hue: number | null;
  /** From 0 to 1. An answer without a probability fills its column. */
  height: number;
}

/** Marks do not change, and what does not change is not drawn anew. */
const known = new WeakMap<LiveAnswer, Mark>();

/** One column for each of the windows. */
export function marks(items: readonly LiveAnswer[]): Mark[] {
  return items.map((item) => {
    const { answer } = item;
    const made = known.get(item) ?? {
      item,
      hue: answer ? hueIndex(answer) : null,
      height: answer ? (confidence(answer) ?? 1) : 0,
    };
    known.set(item, made);
    return made;
  });
}

/**
 * The anomaly scores as the points of an SVG line over `columns` columns, of
 * height 1 with the lowest score at the bottom. A window without one breaks it.
 */
export function anomalyLines(items: readonly LiveAnswer[], columns: number): string[] {
  const scores = items.map(({ answer }) => answer?.anomaly ?? null);
  const known = scores.filter((score) => score !== null);
  const low = Math.min(...known);
  const width = Math.max(...known) - low || 1;
  const lines: string[] = [];
  let points: string[] = [];
  const end = () => {
    if (points.length > 1) {
      lines.push(points.join(" "));
    }
    points = [];
  };
  scores.forEach((score, index) => {
    if (score === null) {
      end();
      return;
    }
    const x = (columns - scores.length + index + 0.5).toFixed(1);
    points.push(`${x},${(1 - (score - low) / width).toFixed(3)}`);
  });
  end();
  return lines;
}

/** How often the answer was what the simulator did; null where none ran. */
export function agreement(items: readonly LiveAnswer[]): { right: number; known: number } | null {
  const known = items.filter(
    ({ answer, simulated }) => simulated !== null && answer?.kind === "classification",
  );
  const right = known.filter(
    ({ answer, simulated }) => answer?.kind === "classification" && answer.label === simulated,
  );
  return known.length > 0 ? { right: right.length, known: known.length } : null;
}
