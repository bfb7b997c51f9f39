/** `chat.completions`. */

import { withoutBlanks } from "./chunks.js";
import { checkModel, checkNames, checkShared, unchecked, whole } from "./parameters.js";
import type {
  ChatParameters,
  ChatParametersStreaming,
  ChatParametersWhole,
  RequestOptions,
} from "./requests.js";
import { respond, type Shape } from "./respond.js";
import {
  type ChatCompletion,
  type ChatCompletionChunk,
  type ChatDelta,
  type Chunks,
  type FinishReason,
  head,
} from "./responses.js";
import { refused } from "./error.js";
import { type ChatTemplate, type Model, promptOf } from "./template.js";

/** What every conversation is answered with. */
export interface Speaker {
  model: Model;
  name: string;
  systemPrompt: string | undefined;
  template: ChatTemplate;
}

/** Answers conversations. */
export class ChatCompletions {
  readonly #speaker: Speaker;

  /** @internal */
  constructor(speaker: Speaker) {
    this.#speaker = speaker;
  }

  /** Answers at once. */
  create(parameters: ChatParametersWhole, options?: RequestOptions): Promise<ChatCompletion>;
  /** Answers in chunks. */
  create(
    parameters: ChatParametersStreaming,
    options?: RequestOptions,
  ): Promise<Chunks<ChatCompletionChunk>>;
  /** Answers in the way that `stream` says. */
  create(
    parameters: ChatParameters,
    options?: RequestOptions,
  ): Promise<ChatCompletion | Chunks<ChatCompletionChunk>>;
  async create(
    parameters: ChatParameters,
    options: RequestOptions = {},
  ): Promise<ChatCompletion | Chunks<ChatCompletionChunk>> {
    const { model, name, systemPrompt, template } = this.#speaker;
    const given = unchecked(parameters);
    checkNames(given, ["messages", "max_completion_tokens"]);
    checkModel(given["model"], name);
    const most = whole(given, "max_completion_tokens", 1);
    const older = whole(given, "max_tokens", 1);
    if (most !== null && older !== null && most !== older) {
      const message = "'max_tokens' and 'max_completion_tokens' are the same: set one of them.";
      throw refused("max_tokens", "invalid_value", message);
    }
    const asked = checkShared(given, most ?? older ?? model.info.context);
    const signal = options.signal ?? undefined;
    const prompt = () => promptOf(given["messages"], { model, systemPrompt, template, signal });
    const question = { model, asked, prompt, parameter: "messages", signal };
    return respond(question, chatShape(name, asked.includeUsage));
  }
}

/** A template ends with who speaks next, so that a text begins with a blank. */
function chatShape(name: string, usage: boolean): Shape<ChatCompletion, ChatCompletionChunk> {
  const { id, created, model } = head("chatcmpl", name);
  const chunk = (
    delta: ChatDelta,
    finish_reason: FinishReason | null = null,
  ): ChatCompletionChunk => ({
    id,
    object: "chat.completion.chunk",
    created,
    model,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    ...(usage ? { usage: null } : {}),
  });
  return {
    whole: ({ text }, finish_reason, usage) => {
      const message = { role: "assistant", content: text.trimStart(), refusal: null } as const;
      const choices = [{ index: 0, message, logprobs: null, finish_reason }];
      return { id, object: "chat.completion", created, model, choices, usage };
    },
    opening: [chunk({ role: "assistant", content: "" })],
    pieces: withoutBlanks,
    piece: (content) => chunk({ content }),
    closing: (reason) => chunk({}, reason),
    usage: (usage) => ({ ...chunk({}), choices: [], usage }),
  };
}
