/** What the main worker and its helpers say to each other. */

/** Counts jobs: a new value wakes the helpers. */
export const JOB = 0;
/** Helpers that have not finished the job. */
export const WORKING = 1;
/** Helpers that sleep. */
export const ASLEEP = 2;
/** 1 once a helper has failed. */
export const FAILED = 3;
/** Numbers in the memory that they share besides the runtime's. */
export const SLOTS = 4;

/** What a helper is started with; it answers with any message when it is ready. */
export interface HelperStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: Int32Array;
  /** From 1 on. */
  helper: number;
  /** Where its stack begins; it grows downward. */
  stackTop: number;
}
