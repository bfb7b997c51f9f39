/** Asks the model, and answers at once or in chunks. */

import type { Generated } from "../index.js";
import { ChunkStream } from "./chunks.js";
import { inShape } from "./error.js";
import type { Asked } from "./parameters.js";
import { type Chunks, type FinishReason, finishReason, type Usage, usageOf } from "./responses.js";
import type { Model, TemplatePrompt } from "./template.js";

/** What the responses to one kind of request look like. */
export interface Shape<Whole, Chunk> {
  whole(generated: Generated, reason: FinishReason, usage: Usage): Whole;
  /** The chunks before the text. */
  opening: readonly Chunk[];
  pieces(text: AsyncIterable<string>): AsyncIterable<string>;
  piece(text: string): Chunk;
  closing(reason: FinishReason): Chunk;
  usage(usage: Usage): Chunk;
}

/** What is asked of the model. */
export interface Question {
  model: Model;
  asked: Asked;
  /** Gives the prompt; `parameter` is the one that it comes from. */
  prompt: () => Promise<TemplatePrompt>;
  parameter: string;
  signal: AbortSignal | undefined;
}

/** Generates a text and answers in the shape that a request asks for. */
export async function respond<Whole, Chunk>(
  question: Question,
  shape: Shape<Whole, Chunk>,
): Promise<Whole | Chunks<Chunk>> {
  const { model, asked, parameter, signal } = question;
  try {
    const { prompt, stop } = await question.prompt();
    const stops = [...stop, ...(asked.generation.stop ?? [])];
    const generate = (signal: AbortSignal | undefined) =>
      model.generate(prompt, { ...asked.generation, stop: stops, signal });
    if (!asked.stream) {
      const generated = await generate(signal).result;
      return shape.whole(generated, finishReason(generated.stopped_by), usageOf(generated));
    }
    const make = (signal: AbortSignal) => chunks(shape, () => generate(signal), asked);
    return new ChunkStream(make, signal, parameter);
  } catch (error) {
    throw inShape(error, parameter);
  }
}

async function* chunks<Whole, Chunk>(
  shape: Shape<Whole, Chunk>,
  generate: () => ReturnType<Model["generate"]>,
  { includeUsage }: Asked,
): AsyncGenerator<Chunk, void> {
  yield* shape.opening;
  const text = generate();
  for await (const piece of shape.pieces(text)) {
    yield shape.piece(piece);
  }
  const generated = await text.result;
  yield shape.closing(finishReason(generated.stopped_by));
  if (includeUsage) {
    yield shape.usage(usageOf(generated));
  }
}
