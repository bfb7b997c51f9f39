/** Checks parameters and turns them into options of the model. */

import type { GenerateOptions } from "../index.js";
import { APIError, refused } from "./error.js";
import type { SharedParameters, StreamOptions } from "./requests.js";

/** A request whose parameters were checked. */
export interface Asked {
  /** What the model is asked to do. */
  generation: GenerateOptions;
  stream: boolean;
  includeUsage: boolean;
}

/** Parameters as they may come from JavaScript. */
export type Unchecked = Readonly<Record<string, unknown>>;

/** What is honoured in both kinds of requests. */
const SHARED = [
  ...["model", "temperature", "top_p", "seed", "stop", "max_tokens"],
  ...["stream", "stream_options", "user"],
];

/** Parameters that may be named as long as they ask for nothing, as JSON. */
const WITHOUT_EFFECT: Readonly<Record<string, readonly string[]>> = {
  n: ["1"],
  best_of: ["1"],
  echo: ["false"],
  frequency_penalty: ["0"],
  logit_bias: ["{}"],
  logprobs: ["false"],
  modalities: ['["text"]'],
  presence_penalty: ["0"],
  response_format: ['{"type":"text"}'],
  store: ["false"],
  tool_choice: ['"none"'],
  tools: ["[]"],
};

/** Parameters of the API that no local model honours. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  n: "one text is written: leave it out, and ask again for another",
  best_of: "one text is written: leave it out",
  logprobs: "log probabilities are not given: leave it out, or use model.logits",
  top_logprobs: "log probabilities are not given: leave it out, or use model.logits",
  frequency_penalty: "leave it out, or use model.generate with repetition_penalty",
  presence_penalty: "leave it out, or use model.generate with repetition_penalty",
  echo: "the prompt is not repeated: leave it out",
  suffix: "the model only continues texts: leave it out",
  tools: "the model calls no functions: leave it out",
  tool_choice: "the model calls no functions: leave it out",
  functions: "the model calls no functions: leave it out",
  response_format: "answers are plain text: leave it out",
  logit_bias: "leave it out",
  modalities: "answers are plain text: leave it out",
  store: "nothing is stored: leave it out",
};

/** Refuses whatever would have to be ignored. */
export function checkNames(parameters: Unchecked, own: readonly string[]): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === null || SHARED.includes(name) || own.includes(name)) {
      continue;
    }
    if (WITHOUT_EFFECT[name]?.includes(JSON.stringify(value)) === true) {
      continue;
    }
    const advice = UNSUPPORTED[name];
    throw advice === undefined
      ? refused(name, "unknown_parameter", `Unknown parameter: '${name}'.`)
      : refused(name, "unsupported_parameter", `Unsupported value of '${name}': ${advice}.`);
  }
}

/** Refuses a model that is not here. */
export function checkModel(asked: unknown, here: string): void {
  if (asked !== here) {
    const message = `The model '${String(asked)}' does not exist: this page has '${here}'.`;
    const body = { message, type: "invalid_request_error", param: "model" } as const;
    throw new APIError(404, { ...body, code: "model_not_found" });
  }
}

/** Checks the parameters that both kinds of requests have. */
export function checkShared(parameters: Unchecked, maxTokens: number): Asked {
  const { stream, stream_options: streamOptions } = parameters as Partial<
    Record<"stream" | "stream_options", unknown>
  >;
  const temperature = number(parameters, "temperature", 0, 2) ?? 0;
  const topP = number(parameters, "top_p", Number.MIN_VALUE, 1) ?? 1;
  const seed = whole(parameters, "seed", 0) ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const stops = stopStrings(parameters["stop"]);
  return {
    generation: {
      max_tokens: maxTokens,
      sampler: { temperature, top_p: topP, seed },
      stop: stops,
    },
    stream: flag(stream, "stream"),
    includeUsage: includesUsage(streamOptions, stream === true),
  };
}

/** A whole number from `least` on, or null where none is given. */
export function whole(parameters: Unchecked, name: string, least: number): number | null {
  const value = parameters[name] ?? null;
  if (value !== null && !(Number.isSafeInteger(value) && (value as number) >= least)) {
    throw refused(name, "invalid_value", `'${name}' is a whole number from ${least} on.`);
  }
  return value as number | null;
}

function number(parameters: Unchecked, name: string, least: number, most: number): number | null {
  const value = parameters[name] ?? null;
  if (value === null || (typeof value === "number" && value >= least && value <= most)) {
    return value;
  }
  const from = least > 0 ? "above 0" : `from ${least}`;
  throw refused(name, "invalid_value", `'${name}' is a number ${from} to ${most}.`);
}

/** As the runtime takes them; it says itself how many and how long they may be. */
function stopStrings(stop: unknown): string[] {
  const stops = stop === undefined || stop === null ? [] : Array.isArray(stop) ? stop : [stop];
  if (stops.every((text) => typeof text === "string" && text !== "")) {
    return stops as string[];
  }
  throw refused("stop", "invalid_value", "'stop' is a string or a list of strings, none empty.");
}

function flag(value: unknown, name: string): boolean {
  const given = value ?? false;
  if (typeof given === "boolean") {
    return given;
  }
  throw refused(name, "invalid_value", `'${name}' is true or false.`);
}

function includesUsage(options: unknown, stream: boolean): boolean {
  const given = options ?? null;
  if (given === null) {
    return false;
  }
  if (!stream) {
    const message = "'stream_options' is only allowed with 'stream': true.";
    throw refused("stream_options", "invalid_value", message);
  }
  const { include_usage: usage, ...others } = given as StreamOptions;
  const [other] = Object.keys(others);
  if (other !== undefined) {
    const name = `stream_options.${other}`;
    throw refused(name, "unknown_parameter", `Unknown parameter: '${name}'.`);
  }
  return flag(usage, "stream_options.include_usage");
}

/** The parameters of a request, whatever was passed. */
export function unchecked(parameters: SharedParameters): Unchecked {
  if (typeof parameters !== "object" || (parameters as unknown) === null) {
    throw refused(null, "invalid_value", "A request is an object of parameters.");
  }
  return { ...parameters };
}
