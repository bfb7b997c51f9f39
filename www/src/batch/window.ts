/** A window that was answered before, read from its file again. */

import type { AnsweredRecord } from "@senselm/web";
import type { Job, Outcome } from "./job.svelte.js";

/** A window with what the model says about it, and how it was asked. */
export interface WindowAgain {
  record: AnsweredRecord;
  prompt: string;
}

/**
 * Reads the rows of a window and asks the model again, which gives the same
 * answer. A window is rows in a row, because a bad one or a gap breaks it.
 *
 * @throws what reading or asking throws, and where no window comes of the rows.
 */
export async function windowAgain(job: Job, outcome: Outcome, row: number): Promise<WindowAgain> {
  const { model, mapping } = outcome;
  const inOneRow = job.expected.some(({ role }) => role === "window");
  const length = inOneRow ? 1 : model.info.max_samples;
  const first = Math.max(1, row - length + 1);
  const { rows } = await job.table.rows(first, row, mapping);
  const recording = await model.openNumbers({ truth: rows.truths !== null });
  try {
    const { answered } = await recording.push(rows);
    const record = answered.at(-1);
    if (!record) {
      throw new Error("the file was changed since it was answered");
    }
    return { record, prompt: await model.prompt(record.window) };
  } finally {
    await recording.finish();
  }
}
