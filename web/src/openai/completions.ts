/** `completions`. */

import { refused } from "./error.js";
import { checkModel, checkNames, checkShared, unchecked, whole } from "./parameters.js";
import type {
  CompletionParameters,
  CompletionParametersStreaming,
  CompletionParametersWhole,
  RequestOptions,
} from "./requests.js";
import { respond, type Shape } from "./respond.js";
import { type Chunks, type Completion, type FinishReason, head } from "./responses.js";
import type { Model } from "./template.js";

/** As the API has it. */
const MAX_TOKENS = 16;

/** Continues texts. */
export class Completions {
  readonly #model: Model;
  readonly #name: string;

  /** @internal */
  constructor(model: Model, name: string) {
    this.#model = model;
    this.#name = name;
  }

  /** Answers at once. */
  create(parameters: CompletionParametersWhole, options?: RequestOptions): Promise<Completion>;
  /** Answers in chunks. */
  create(
    parameters: CompletionParametersStreaming,
    options?: RequestOptions,
  ): Promise<Chunks<Completion>>;
  /** Answers in the way that `stream` says. */
  create(
    parameters: CompletionParameters,
    options?: RequestOptions,
  ): Promise<Completion | Chunks<Completion>>;
  async create(
    parameters: CompletionParameters,
    options: RequestOptions = {},
  ): Promise<Completion | Chunks<Completion>> {
    const given = unchecked(parameters);
    checkNames(given, ["prompt"]);
    checkModel(given["model"], this.#name);
    const asked = checkShared(given, whole(given, "max_tokens", 1) ?? MAX_TOKENS);
    const text = textOf(given["prompt"]);
    const question = {
      model: this.#model,
      asked,
      prompt: () => Promise.resolve({ prompt: text, stop: [] }),
      parameter: "prompt",
      signal: options.signal ?? undefined,
    };
    return respond(question, completionShape(this.#name, asked.includeUsage));
  }
}

function textOf(prompt: unknown): string {
  const prompts: readonly unknown[] = Array.isArray(prompt) ? prompt : [prompt];
  const [only, ...others] = prompts;
  if (typeof only === "string" && others.length === 0) {
    return only;
  }
  throw refused("prompt", "invalid_value", "'prompt' is one text: ask for others one by one.");
}

function completionShape(name: string, usage: boolean): Shape<Completion, Completion> {
  const { id, created, model } = head("cmpl", name);
  const chunk = (text: string, finish_reason: FinishReason | null = null): Completion => ({
    id,
    object: "text_completion",
    created,
    model,
    choices: [{ index: 0, text, logprobs: null, finish_reason }],
    ...(usage ? { usage: null } : {}),
  });
  return {
    whole: ({ text }, reason, usage) => ({ ...chunk(text, reason), usage }),
    opening: [],
    pieces: (text) => text,
    piece: (text) => chunk(text),
    closing: (reason) => chunk("", reason),
    usage: (usage) => ({ ...chunk(""), choices: [], usage }),
  };
}
