/** What can be asked. Parameters that are not here are refused, not ignored. */

import type { SensorWindow } from "../index.js";

/** Text in a message. */
export interface TextPart {
  /** What it is. */
  type: "text";
  /** The text. */
  text: string;
}

/** A window of readings in a message; it becomes the prompt that the model was trained on. */
export interface SensorWindowPart {
  /** What it is. */
  type: "sensor_window";
  /** One list of samples per channel of the model. */
  window: SensorWindow;
}

/** A part of a message. */
export type ContentPart = TextPart | SensorWindowPart;

/** A message of a conversation. */
export interface ChatMessage {
  /** Who says it; `developer` is the newer name of `system`. */
  role: "system" | "developer" | "user" | "assistant";
  /** What is said. */
  content: string | readonly ContentPart[];
  /** As an answer has it, so that it can be sent back as it came. */
  refusal?: null;
}

/** The one format of answers. */
export interface TextFormat {
  /** What it is. */
  type: "text";
}

/** How much of a stream is told at its end. */
export interface StreamOptions {
  /** Whether a last chunk without choices holds the usage. */
  include_usage?: boolean;
}

/** Parameters of both kinds of requests. */
export interface SharedParameters {
  /** The model's name, as {@link OpenAIShaped.model} has it. */
  model: string;
  /** From 0, which is greedy and the default here, to 2. */
  temperature?: number | null;
  /** Above 0, to 1. */
  top_p?: number | null;
  /** The same seed gives the same text; a random one without it. */
  seed?: number | null;
  /** Up to 32 strings that end the text and are not part of it. */
  stop?: string | readonly string[] | null;
  /** One text is written. */
  n?: 1 | null;
  /** There are none. */
  frequency_penalty?: 0 | null;
  /** There are none. */
  presence_penalty?: 0 | null;
  /** Who asks; nobody is told. */
  user?: string;
}

/** A request for the next message of a conversation. */
export interface ChatParameters extends SharedParameters {
  /** The conversation so far. */
  messages: readonly ChatMessage[];
  /** The most tokens of the answer; as many as fit without it. */
  max_completion_tokens?: number | null;
  /** The older name of `max_completion_tokens`. */
  max_tokens?: number | null;
  /** Log probabilities are not given. */
  logprobs?: false | null;
  /** Answers are text. */
  response_format?: TextFormat;
  /** Whether the answer comes in chunks. */
  stream?: boolean | null;
  /** What a stream has besides. */
  stream_options?: StreamOptions | null;
}

/** A request for one answer at once. */
export interface ChatParametersWhole extends ChatParameters {
  /** Not in chunks. */
  stream?: false | null;
}

/** A request for an answer in chunks. */
export interface ChatParametersStreaming extends ChatParameters {
  /** In chunks. */
  stream: true;
}

/** A request for the continuation of a text. */
export interface CompletionParameters extends SharedParameters {
  /** The text to continue. */
  prompt: string | readonly [string];
  /** The most tokens of the text; 16 without it. */
  max_tokens?: number | null;
  /** The prompt is not repeated. */
  echo?: false | null;
  /** Log probabilities are not given. */
  logprobs?: null;
  /** Whether the text comes in chunks. */
  stream?: boolean | null;
  /** What a stream has besides. */
  stream_options?: StreamOptions | null;
}

/** A request for one text at once. */
export interface CompletionParametersWhole extends CompletionParameters {
  /** Not in chunks. */
  stream?: false | null;
}

/** A request for a text in chunks. */
export interface CompletionParametersStreaming extends CompletionParameters {
  /** In chunks. */
  stream: true;
}

/** How to send a request. */
export interface RequestOptions {
  /** Gives up on the request, and on its stream. */
  signal?: AbortSignal | null | undefined;
}
