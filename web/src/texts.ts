/** Generated text, and how it is asked for. */

import type { Timings } from "./answers.js";

/** A generated text. */
export interface Generated {
  /** The text, without the prompt. */
  text: string;
  /** Its tokens without the one that ends it; those of a stop string are among them. */
  tokens: number[];
  /** What ended it. */
  stopped_by: StoppedBy;
  /** How many tokens `on_overflow: "keep_end"` cut off the prompt. */
  dropped_tokens: number;
  /** How long it took. */
  timings: Timings;
}

/**
 * What ended a text: its end-of-text token, the number of tokens asked for, the
 * end of the model's context, the caller, or a stop string.
 */
export type StoppedBy = "end" | "max_tokens" | "context" | "cancelled" | StoppedByText;

/** A stop string that ended a text. */
export interface StoppedByText {
  /** The string, which is not part of the text. */
  stop: string;
}

/** How to generate text. */
export interface GenerateOptions {
  /** At most this many tokens; 128 without it. */
  max_tokens?: number;
  /** How to choose among tokens; greedily without it. */
  sampler?: Sampling;
  /** Up to 32 strings that end the text and are not part of it. */
  stop?: readonly string[];
  /** Whether a prompt that is too long is an error, the default, or loses its beginning. */
  on_overflow?: "error" | "keep_end";
  /** Whether control tokens in the prompt count as such; leave it off for text of others. */
  parse_special?: boolean;
  /** Goes on behind the end-of-text token; for measurements. */
  ignore_end?: boolean;
}

/** How to choose among tokens; without any of it always the most probable one. */
export interface Sampling {
  /** Flattens the probabilities above 1, sharpens them below; 0, the default, is greedy. */
  temperature?: number;
  /** Keep this many of the most probable tokens; 0, the default, keeps all. */
  top_k?: number;
  /** Keep the most probable tokens until they add up to this; 1, the default, keeps all. */
  top_p?: number;
  /** Keep tokens this much as probable as the best; 0, the default, keeps all. */
  min_p?: number;
  /** Makes recent tokens less probable above 1, the default. */
  repetition_penalty?: number;
  /** How many of the latest tokens are recent; 64 without it. */
  repetition_window?: number;
  /** The same seed gives the same text; 0 without it. */
  seed?: number;
}
