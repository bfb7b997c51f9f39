/** What the live view shows of a run: plain values, taken at one moment. */

import type { Fits } from "@senselm/web";
import type { SourceState } from "../sources/source.js";
import type { LiveAnswer } from "./answers.js";
import type { Engine, Problem } from "./engine.js";
import { quantile } from "./statistics.js";

/** Figures that change all the time; they are shown a few times a second. */
export interface Figures {
  received: number;
  readings_per_s: number | null;
  windows: number;
  refused: number;
  windows_per_s: number | null;
  median_ms: number | null;
  p95_ms: number | null;
  /** Readings that wait for the model, and how long the oldest has. */
  waiting: number;
  lag_ms: number;
  dropped: number;
  unusable: number;
  /** How long ago the newest reading came, in milliseconds; null where none has. */
  age_ms: number | null;
  /** Whether a source that is connected has fallen silent. */
  silent: boolean;
}

/** One moment of a run. */
export interface View {
  state: SourceState;
  /** Seconds until a lost source is tried again. */
  retryIn_s: number | null;
  /** How many readings there were: the index behind the latest. */
  end: number;
  /** The latest windows, oldest first. */
  answers: readonly LiveAnswer[];
  /** Anomaly scores of the windows in front of the latest one. */
  scores: readonly number[];
  problems: readonly Problem[];
  /** Whether the source fits the model; null until there is a window. */
  fits: Fits | null;
  failure: string | null;
}

/** Before there is a run. */
export const NOTHING: View = {
  state: { kind: "connecting" },
  retryIn_s: null,
  end: 0,
  answers: [],
  scores: [],
  problems: [],
  fits: null,
  failure: null,
};

export const NO_FIGURES: Figures = {
  received: 0,
  readings_per_s: null,
  windows: 0,
  refused: 0,
  windows_per_s: null,
  median_ms: null,
  p95_ms: null,
  waiting: 0,
  lag_ms: 0,
  dropped: 0,
  unusable: 0,
  age_ms: null,
  silent: false,
};

/** How many windows are in the timeline. */
export const SHOWN_WINDOWS = 60;

/** What is to be seen of a run now. */
export function look(engine: Engine, now: number): View {
  const { state, retryAt, trace, answers, problems, fits, failure } = engine;
  return {
    state,
    retryIn_s: retryAt === null ? null : Math.max(Math.ceil((retryAt - now) / 1000), 0),
    end: trace.end,
    answers: answers.items.slice(-SHOWN_WINDOWS),
    scores: answers.scores.values.slice(),
    problems: problems.slice(),
    fits,
    failure,
  };
}

/** The figures of a run now. */
export function measure(engine: Engine, now: number): Figures {
  const { answers } = engine;
  const { readings, ms } = engine.lag(now);
  return {
    received: engine.received,
    readings_per_s: engine.readingRate.perSecond(now),
    windows: answers.total,
    refused: answers.refused,
    windows_per_s: answers.rate.perSecond(now),
    median_ms: quantile(answers.latencies_ms.values, 0.5),
    p95_ms: quantile(answers.latencies_ms.values, 0.95),
    waiting: readings,
    lag_ms: ms,
    dropped: engine.dropped,
    unusable: engine.unusable,
    age_ms: engine.silence.age(now),
    silent: engine.state.kind === "open" && engine.silence.isSilent(now),
  };
}
