/** llama.cpp natively, by its own llama-bench. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lines, run } from "../process.mjs";
import { median } from "../statistics.mjs";
import { missing } from "./missing.mjs";
import { REPETITIONS } from "./senselm.mjs";

const INSTALL = "bench/peers/install.sh llama.cpp";

function llamaBench({ peers }) {
  return join(peers, "build-native/bin/llama-bench");
}

async function find(place) {
  if (!existsSync(llamaBench(place))) {
    return missing(INSTALL);
  }
  const source = join(place.peers, "build-native/version.txt");
  return { version: existsSync(source) ? readFileSync(source, "utf8").trim() : "unknown version" };
}

async function llamaRun(model, place, threads, tests, repetitions = REPETITIONS) {
  const given = ["-m", model, "-t", `${threads}`, "-r", repetitions, "-ngl", "0", "-o", "jsonl"];
  const { stdout, peakBytes } = await run(llamaBench(place), [...given, ...tests]);
  return { tests: lines(stdout), peakBytes };
}

export const llama = {
  name: "llama.cpp",
  find,
  async measure(work, place) {
    const model = await place.weights.gguf(work.model, work.type);
    if (work.kind === "memory") {
      const { peakBytes } = await llamaRun(
        model,
        place,
        work.threads,
        ["-p", "0", "-n", "0", "-pg", "512,128"],
        "1",
      );
      return { figures: { peak: peakBytes / 1e6 }, detail: {} };
    }
    const { tests } = await llamaRun(model, place, work.threads, ["-p", "128,512", "-n", "128"]);
    const speed = (prompt, generated) => {
      const test = tests.find((t) => t.n_prompt === prompt && t.n_gen === generated);
      return median(test.samples_ts);
    };
    return {
      figures: {
        "prefill-128": speed(128, 0),
        "prefill-512": speed(512, 0),
        decode: speed(0, 128),
      },
      detail: { build: tests[0].build_commit, cpu: tests[0].cpu_info },
    };
  },
};

/** One sensor window as TinyLLM asks it: 101M in F16, the whole prompt, free text. */
export const tinyllm = {
  name: "TinyLLM's way (llama.cpp, 101M F16)",
  find,
  async measure(work, place) {
    const model = await place.weights.gguf("101m", "f16");
    const { tokens, generated } = work.peer;
    const tests = ["-p", "0", "-n", "0", "-pg", `${tokens},${generated}`];
    const run = await llamaRun(model, place, work.threads, tests);
    const tokensPerSecond = median(run.tests[0].samples_ts);
    return { figures: { windows: tokensPerSecond / (tokens + generated) }, detail: work.peer };
  },
};
