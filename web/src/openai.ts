/**
 * A loaded model behind the shape of OpenAI's client, for code that is written
 * against it. Nothing is sent anywhere.
 *
 * @module openai
 */

import type { SenseLM } from "./index.js";
import { ChatCompletions } from "./openai/chat.js";
import { Completions } from "./openai/completions.js";
import { type ChatTemplate, plainTemplate } from "./openai/template.js";

export type { ChatCompletions } from "./openai/chat.js";
export type { Completions } from "./openai/completions.js";
export { APIError, type ErrorBody, type ErrorResponse } from "./openai/error.js";
export type * from "./openai/requests.js";
export type {
  AssistantMessage,
  ChatChoice,
  ChatChunkChoice,
  ChatCompletion,
  ChatCompletionChunk,
  ChatDelta,
  Chunks,
  Completion,
  CompletionChoice,
  FinishReason,
  PromptTokensDetails,
  ResponseHead,
  Usage,
} from "./openai/responses.js";
export {
  type ChatTemplate,
  plainTemplate,
  type TemplateMessage,
  type TemplatePrompt,
} from "./openai/template.js";

/** How a model stands in for one of OpenAI's. */
export interface OpenAIOptions {
  /** What requests call the model; without it the name in its file, or `senselm`. */
  name?: string | undefined;
  /** What the system says in conversations in which it says nothing. */
  systemPrompt?: string | undefined;
  /**
   * How a conversation becomes a prompt; {@link plainTemplate} without it. A
   * template in a model's file is a program, and is not run.
   */
  template?: ChatTemplate | undefined;
}

/** Where conversations are answered. */
export interface Chat {
  /** Answers them. */
  readonly completions: ChatCompletions;
}

/** What code that is written for OpenAI's client calls. */
export interface OpenAIShaped {
  /** What requests have to call the model. */
  readonly model: string;
  /** Conversations. */
  readonly chat: Chat;
  /** Texts to continue. */
  readonly completions: Completions;
}

/**
 * Puts a loaded model behind the shape of OpenAI's client.
 *
 * What a local model cannot honour is refused with an {@link APIError}. What a
 * request leaves out is as in the API, but for `temperature`, which is 0.
 *
 * @example
 * ```js
 * const client = openai(await SenseLM.load("models/pump.gguf"));
 * const content = [{ type: "sensor_window", window }];
 * const stream = await client.chat.completions.create({
 *   model: client.model,
 *   messages: [{ role: "user", content }],
 *   stream: true,
 * });
 * for await (const { choices } of stream) {
 *   output.append(choices[0]?.delta.content ?? "");
 * }
 * ```
 */
export function openai(
  model: Pick<SenseLM, "generate" | "prompt" | "info">,
  options: OpenAIOptions = {},
): OpenAIShaped {
  const { systemPrompt, template = plainTemplate } = options;
  const name = options.name ?? model.info.name ?? "senselm";
  const speaker = { model, name, systemPrompt, template };
  const completions = new ChatCompletions(speaker);
  return { model: name, chat: { completions }, completions: new Completions(model, name) };
}
