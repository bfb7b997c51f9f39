/** A worker that computes parts of kernels in memory that is not its own. */

import { ASLEEP, FAILED, type HelperStart, JOB, WORKING } from "./helpers-protocol.js";

/** How often a helper looks for a job before it sleeps: about the time between two. */
const SPINS = 20_000;

/** What it needs of the runtime's exports. */
interface Exports {
  __stack_pointer: WebAssembly.Global;
  help(helper: number): void;
}

onmessage = (event: MessageEvent<HelperStart>) => {
  const { module, memory, control, helper, stackTop } = event.data;
  const instance = new WebAssembly.Instance(module, imports(module, memory));
  const exports = instance.exports as unknown as Exports;
  exports.__stack_pointer.value = stackTop;
  let job = Atomics.load(control, JOB);
  postMessage("ready");
  for (;;) {
    job = next(control, job);
    try {
      exports.help(helper);
    } catch (error) {
      Atomics.store(control, FAILED, 1);
      finished(control);
      throw error;
    }
    finished(control);
  }
};

/** Waits for another job than this one. */
function next(control: Int32Array, job: number): number {
  for (let spin = 0; Atomics.load(control, JOB) === job; spin += 1) {
    if (spin > SPINS) {
      Atomics.add(control, ASLEEP, 1);
      Atomics.wait(control, JOB, job);
      Atomics.sub(control, ASLEEP, 1);
    }
  }
  return Atomics.load(control, JOB);
}

function finished(control: Int32Array): void {
  if (Atomics.sub(control, WORKING, 1) === 1) {
    Atomics.notify(control, WORKING);
  }
}

/** The memory, and functions that a helper never calls. */
function imports(module: WebAssembly.Module, memory: WebAssembly.Memory): WebAssembly.Imports {
  const all: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const group = (all[from] ??= {});
    if (kind === "memory") {
      group[name] = memory;
    } else if (kind === "function") {
      group[name] = () => {
        throw new Error(`a helper called ${name}`);
      };
    }
  }
  return all;
}
