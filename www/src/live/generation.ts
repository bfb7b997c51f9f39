/** A free question to a model that continues texts. Only this file knows how that is called. */

import { type GenerateOptions, type Info, type SenseLM, SenseLMError } from "@senselm/web";

/** How a text ended, and how fast it came. */
export interface Finished {
  stoppedBy: "end" | "max_tokens" | "context" | "cancelled" | "stop";
  tokens: number;
  total_ms: number;
}

/** Whether a model continues texts: one with a task of its own answers only that. */
export function canGenerate({ task }: Info): boolean {
  return task === null || task.kind === "generate";
}

/** Continues a prompt; `onPiece` gets the text as it comes. A stop is not an error. */
export async function generate(
  model: SenseLM,
  prompt: string,
  options: GenerateOptions,
  signal: AbortSignal,
  onPiece: (piece: string) => void,
): Promise<Finished> {
  const began = performance.now();
  let pieces = 0;
  const text = model.generate(prompt, { ...options, signal });
  try {
    for await (const piece of text) {
      pieces += 1;
      onPiece(piece);
    }
    const { stopped_by, tokens, timings } = await text.result;
    const stoppedBy = typeof stopped_by === "string" ? stopped_by : "stop";
    return { stoppedBy, tokens: tokens.length, total_ms: timings.total_ms };
  } catch (error) {
    if (error instanceof SenseLMError && error.code === "cancelled") {
      return { stoppedBy: "cancelled", tokens: pieces, total_ms: performance.now() - began };
    }
    throw error;
  }
}
