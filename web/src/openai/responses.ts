/** What is answered. */

import type { Generated, StoppedBy } from "../index.js";

/** Why a text ended: by itself or at a stop string, or for want of room. */
export type FinishReason = "stop" | "length";

/** Where the tokens of a prompt came from. */
export interface PromptTokensDetails {
  /** Those that the model had computed before. */
  cached_tokens: number;
}

/** How many tokens a request took. */
export interface Usage {
  /** Tokens of the prompt. */
  prompt_tokens: number;
  /** Tokens of the text. */
  completion_tokens: number;
  /** Both. */
  total_tokens: number;
  /** More about the prompt. */
  prompt_tokens_details: PromptTokensDetails;
}

/** The message that a model answers with. */
export interface AssistantMessage {
  /** Always the assistant. */
  role: "assistant";
  /** What it says. */
  content: string;
  /** Local models refuse nothing. */
  refusal: null;
}

/** One answer. */
export interface ChatChoice {
  /** Always 0. */
  index: number;
  /** The answer. */
  message: AssistantMessage;
  /** None. */
  logprobs: null;
  /** Why it ended. */
  finish_reason: FinishReason;
}

/** What every response has. */
export interface ResponseHead {
  /** Unique. */
  id: string;
  /** When it was asked for, in seconds since 1970. */
  created: number;
  /** The model's name. */
  model: string;
}

/** The answer to a conversation. */
export interface ChatCompletion extends ResponseHead {
  /** What this is. */
  object: "chat.completion";
  /** One. */
  choices: ChatChoice[];
  /** What it took. */
  usage: Usage;
}

/** What a chunk adds to a message. */
export interface ChatDelta {
  /** In the first chunk. */
  role?: "assistant";
  /** More of the text. */
  content?: string;
}

/** A piece of an answer. */
export interface ChatChunkChoice {
  /** Always 0. */
  index: number;
  /** What it adds. */
  delta: ChatDelta;
  /** None. */
  logprobs: null;
  /** Why the text ended, in its last chunk. */
  finish_reason: FinishReason | null;
}

/** A chunk of the answer to a conversation. */
export interface ChatCompletionChunk extends ResponseHead {
  /** What this is. */
  object: "chat.completion.chunk";
  /** One; none in the chunk with the usage. */
  choices: ChatChunkChoice[];
  /** What the request took, in its last chunk; only where it was asked for. */
  usage?: Usage | null;
}

/** One text, or a piece of it. */
export interface CompletionChoice {
  /** Always 0. */
  index: number;
  /** The text. */
  text: string;
  /** None. */
  logprobs: null;
  /** Why it ended; null in a chunk that is not its last. */
  finish_reason: FinishReason | null;
}

/** A text, or a chunk of one. */
export interface Completion extends ResponseHead {
  /** What this is. */
  object: "text_completion";
  /** One; none in the chunk with the usage. */
  choices: CompletionChoice[];
  /** What it took; of a stream only in its last chunk, and where it was asked for. */
  usage?: Usage | null;
}

/** A response that comes in chunks. Leaving its loop ends the text. */
export interface Chunks<Chunk> extends AsyncIterable<Chunk> {
  /** Ends it from elsewhere. */
  readonly controller: AbortController;
}

/** What a text took. */
export function usageOf({ timings, tokens }: Generated): Usage {
  const { prompt_tokens, cached_tokens } = timings;
  return {
    prompt_tokens,
    completion_tokens: tokens.length,
    total_tokens: prompt_tokens + tokens.length,
    prompt_tokens_details: { cached_tokens },
  };
}

/** Why a text ended. */
export function finishReason(stopped: StoppedBy): FinishReason {
  return stopped === "end" || typeof stopped === "object" ? "stop" : "length";
}

/** What a response begins with. */
export function head(kind: string, model: string): ResponseHead {
  const id = `${kind}-${crypto.getRandomValues(new Uint32Array(4)).join("")}`;
  return { id, created: Math.floor(Date.now() / 1000), model };
}
