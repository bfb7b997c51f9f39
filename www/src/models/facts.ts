/**
 * What a model's file says about itself. Anybody may have written it, so nothing
 * about its card and its metrics is certain, and all of it is shown as text.
 */

import type { Info } from "@senselm/web";

/** A figure that was measured after training. */
export interface Score {
  name: "accuracy" | "macro_f1" | "mae" | "rmse";
  value: number;
  /** The 95 % interval. */
  interval: readonly [low: number, high: number] | null;
}

/** How much of one label is recognised. */
export interface Recall {
  label: string;
  index: number;
  recall: number;
}

/** What was measured after training. */
export interface Measured {
  scores: Score[];
  recalls: Recall[];
  /** How many different windows it was measured on, where the file says it. */
  windows: number | null;
}

const SCORES = [
  ["accuracy", "ci95"],
  ["macro_f1", "macro_f1_ci95"],
  ["mae", "ci95"],
  ["rmse", "rmse_ci95"],
] as const;

/** What was measured, or null where the file says nothing. */
export function measured({ metrics, task }: Info): Measured | null {
  const scores = record(metrics?.["scores"]);
  if (!scores) {
    return null;
  }
  const found = SCORES.flatMap(([name, interval]): Score[] => {
    const value = number(scores[name]);
    return value === null ? [] : [{ name, value, interval: pair(scores[interval]) }];
  });
  const classes = Array.isArray(scores["classes"]) ? (scores["classes"] as unknown[]) : [];
  const recalls = (task?.labels ?? []).flatMap((label, index): Recall[] => {
    const recall = number(record(classes[index])?.["recall"]);
    return recall === null ? [] : [{ label, index, recall }];
  });
  const windows = number(scores["distinct"]) ?? number(scores["n"]);
  return found.length > 0 || recalls.length > 0 ? { scores: found, recalls, windows } : null;
}

/** What the card says. */
export interface Card {
  description: string | null;
  licence: string | null;
  data: string | null;
  /** Null where the file does not say whether its data came from a simulator. */
  simulated: boolean | null;
}

export function card({ card }: Info): Card {
  const data = record(card?.["data"]);
  const simulated = card?.["simulated"] ?? data?.["simulated"];
  return {
    description: text(card?.["description"]),
    licence: text(card?.["licence"]) ?? text(card?.["license"]),
    data: text(card?.["data"]) ?? text(data?.["source"]),
    simulated: typeof simulated === "boolean" ? simulated : null,
  };
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

function pair(value: unknown): [number, number] | null {
  const [low, high] = Array.isArray(value) ? value.map(number) : [];
  return low != null && high != null ? [low, high] : null;
}
