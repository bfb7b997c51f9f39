/** Whether a file is of the kind that a model was trained on, before anything is answered. */

import type { Fits, SenseLM } from "@senselm/web";
import type { Mapping } from "./mapping.js";
import type { TableFile } from "./reader/table-file.js";
import { type Converted, optionsOf } from "./run.js";

/** Rows that are taken at once. */
const ROWS = 1000;
/** What is looked at of a long file: the rest is, when it is answered. */
const MOST_ROWS = 100_000;
const MOST_MS = 4000;

/** What is looked at. */
interface Looked {
  readonly table: TableFile;
  readonly mapping: Mapping;
  readonly converted: Converted;
}

/** What is said of a file. */
export interface Look {
  fits: Fits;
  /** Whether the file goes on behind what was looked at. */
  beginning: boolean;
}

/** Reads a file from its beginning on and says whether it fits. */
export async function look(
  { table, mapping, converted }: Looked,
  model: SenseLM,
  signal: AbortSignal,
): Promise<Look> {
  const facts = await table.begin(mapping);
  signal.throwIfAborted();
  const recording = await model.openNumbers(optionsOf(facts, converted));
  try {
    const began = performance.now();
    for (let rows = 0; ;) {
      const batch = await table.next(ROWS);
      signal.throwIfAborted();
      rows += batch.rows.states.length;
      await recording.look(batch.rows, { signal });
      if (batch.done || rows >= MOST_ROWS || performance.now() - began > MOST_MS) {
        // What cells say of their units is known once they are read.
        const { units } = await table.facts();
        signal.throwIfAborted();
        return { fits: await recording.fits({ units }, { signal }), beginning: !batch.done };
      }
    }
  } finally {
    await recording.finish().catch(() => undefined);
  }
}
