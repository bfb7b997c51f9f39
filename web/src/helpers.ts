/** Workers that share the runtime's memory and compute parts of its kernels. */

import { SenseLMError } from "./errors.js";
import { ASLEEP, FAILED, JOB, SLOTS, WORKING, type HelperStart } from "./helpers-protocol.js";
import type { StartHelpers, Started } from "./runtime.js";

/** A helper's stack: kernels keep registers there, and little else. */
const STACK_BYTES = 256 * 1024;

/** How often the main worker looks before it sleeps. */
const SPINS = 20_000;

/** What the runtime calls; its name is in crates/web/src/helpers.rs. */
interface Host {
  begin(): void;
  finish(): void;
}

/** Starts helpers in the workers that `start` makes. */
export function helpersFrom(start: () => Worker): StartHelpers {
  return (started, threads) => startHelpers(start, started, threads);
}

async function startHelpers(
  start: () => Worker,
  { runtime, module, memory }: Started,
  threads: number,
): Promise<void> {
  const control = new Int32Array(new SharedArrayBuffer(4 * SLOTS));
  const helpers = threads - 1;
  const ready = Array.from({ length: helpers }, (_, index) => {
    const stack = new runtime.ModelBuffer(STACK_BYTES);
    // Never freed: the helper lives as long as this worker does.
    const stackTop = (stack.pointer + STACK_BYTES) & ~15;
    return startHelper(start(), { module, memory, control, helper: index + 1, stackTop });
  });
  await Promise.all(ready);
  const host: Host = {
    begin() {
      Atomics.store(control, WORKING, helpers);
      Atomics.add(control, JOB, 1);
      if (Atomics.load(control, ASLEEP) > 0) {
        Atomics.notify(control, JOB);
      }
    },
    finish() {
      for (let spin = 0; Atomics.load(control, WORKING) > 0; spin += 1) {
        if (spin > SPINS) {
          const working = Atomics.load(control, WORKING);
          if (working > 0) {
            Atomics.wait(control, WORKING, working);
          }
        }
      }
      if (Atomics.load(control, FAILED) !== 0) {
        throw new SenseLMError("crashed", "a helping worker failed: load the model again");
      }
    },
  };
  Object.assign(globalThis, { senselmHelpers: host });
  runtime.offerHelpers(threads);
}

function startHelper(worker: Worker, start: HelperStart): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = () => {
      resolve();
    };
    worker.onerror = (event) => {
      reject(new SenseLMError("crashed", `a helping worker failed: ${event.message}`));
    };
    worker.postMessage(start);
  });
}
