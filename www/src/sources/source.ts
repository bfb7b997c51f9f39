/**
 * What every live source of readings is to the rest of the dashboard.
 *
 * A source delivers readings of the model's channels, says how its connection
 * fares, and counts what it could not use. It knows nothing of models, charts
 * or storage. No message of a source is text: it is a key with values, because
 * what people read stands in the i18n files.
 */

import type { ChannelInfo, Reading } from "@senselm/web";
import type strings from "../i18n/en/sources.js";

export type { Reading };

export type SourceKind = "simulator" | "mqtt" | "serial" | "bluetooth" | "motion";

/** A message for people: `t(key, values)` makes it text. */
export interface SourceMessage {
  readonly key: `sources.${keyof typeof strings}`;
  readonly values: Readonly<Record<string, string | number>>;
}

/** How the connection of a source fares. */
export type SourceState =
  | { readonly kind: "connecting" }
  | { readonly kind: "open" }
  /** Lost, and it tries again by itself; null is when something is plugged in again. */
  | { readonly kind: "waiting"; readonly retryInMs: number | null; readonly reason: SourceMessage }
  | { readonly kind: "closed" }
  /** It gave up; the reason says what to do. */
  | { readonly kind: "failed"; readonly reason: SourceMessage };

/** Something that arrived and could not be used. Reported at most once a second. */
export interface SourceProblem {
  readonly message: SourceMessage;
  /** The beginning of what arrived, for the technician to see; may be empty. */
  readonly sample: string;
  /** How many could not be used since the last report, this one included. */
  readonly count: number;
  /** How many since the source was opened. */
  readonly total: number;
}

/** Where a source delivers to. None of these may throw. */
export interface SourceSink {
  readings(batch: Reading[]): void;
  /**
   * Readings were lost between the last batch and the next, or may have been:
   * no window should hold readings of both.
   */
  gap(): void;
  state(state: SourceState): void;
  problem(problem: SourceProblem): void;
}

/** A source, made with its settings and not yet open. It is opened once. */
export interface Source {
  readonly kind: SourceKind;
  /**
   * Connects and delivers readings with one value per channel. Serial, bluetooth
   * and motion ask the user, so this must be called in a click's handler,
   * before anything is awaited. What goes wrong arrives as a state.
   */
  open(channels: readonly ChannelInfo[], sink: SourceSink): void;
  /** Lets go of the device or the connection. Nothing is delivered afterwards. */
  close(): Promise<void>;
}

/** A message for people. */
export function message(
  key: SourceMessage["key"],
  values: SourceMessage["values"] = {},
): SourceMessage {
  return { key, values };
}
