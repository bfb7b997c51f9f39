/** A bounded memory of the answers of a run, and figures over them. */

import type { Answer, StreamStep } from "@senselm/web";
import { Latest, Rate } from "./statistics.js";

/** One window that the model was asked about. */
export interface LiveAnswer {
  /** How many windows came before it in the run. */
  id: number;
  /** Its first reading, and the one behind its last, since the run began. */
  start: number;
  end: number;
  window: StreamStep["answered"][number]["window"];
  answer: Answer | null;
  /** Why there is no answer. */
  refused: StreamStep["answered"][number]["refused"];
  /** When it was answered, in milliseconds since 1970. */
  at: number;
  /** The condition that the simulator was in at the window's end, if one ran. */
  simulated: string | null;
}

/** Values that are kept of all windows together. */
const MOST_VALUES = 2_000_000;
const MOST_WINDOWS = 480;
const LEAST_WINDOWS = 32;
/** Over how many answers times are summarised. */
const TIMED = 200;
/** Over how many answers anomaly scores are compared. */
const SCORED = 240;

export class Answers {
  /** The latest, oldest first. */
  readonly items: LiveAnswer[] = [];
  readonly latencies_ms = new Latest(TIMED);
  readonly rate = new Rate();
  /** How many windows there were, and how many of them had no answer. */
  total = 0;
  refused = 0;
  /** Scores of the windows in front of the latest one. */
  readonly scores = new Latest(SCORED);
  #newest: number | null = null;
  readonly #capacity: number;

  /** `values` are in one window, of all channels together. */
  constructor(values: number) {
    const room = Math.floor(MOST_VALUES / Math.max(values, 1));
    this.#capacity = Math.max(Math.min(room, MOST_WINDOWS), LEAST_WINDOWS);
  }

  add(
    answered: StreamStep["answered"],
    simulated: (end: number) => string | null,
    now: number,
  ): LiveAnswer[] {
    const added = answered.map((window, index) => ({
      ...window,
      id: this.total + index,
      at: Date.now(),
      simulated: simulated(window.end),
    }));
    this.total += added.length;
    this.rate.add(added.length, now);
    for (const { answer } of added) {
      if (answer === null) {
        this.refused += 1;
        continue;
      }
      this.latencies_ms.add(answer.timings.total_ms);
      if (answer.anomaly !== null) {
        if (this.#newest !== null) {
          this.scores.add(this.#newest);
        }
        this.#newest = answer.anomaly;
      }
    }
    this.items.push(...added);
    this.items.splice(0, this.items.length - this.#capacity);
    return added;
  }
}

/** What an answer says, in the model's words. */
export function said(answer: Answer): string {
  switch (answer.kind) {
    case "classification":
      return answer.label;
    case "number":
      return answer.unit === "" ? answer.text : `${answer.text} ${answer.unit}`;
    case "text":
    case "anomaly":
      return answer.text;
  }
}

/**
 * How probable the answer is; texts and anomalies have no such figure, and of what is
 * none of the labels that of the nearest says nothing.
 */
export function confidence(answer: Answer): number | null {
  return "probability" in answer && !isRejected(answer) ? answer.probability : null;
}

/** Whether a window is none of the labels. */
export function isRejected(answer: Answer): boolean {
  return answer.kind === "classification" && answer.rejected;
}

/** Which of the label colours an answer has; numbers and texts have one. */
export function hueIndex(answer: Answer): number {
  return answer.kind === "classification" ? answer.index : 0;
}
