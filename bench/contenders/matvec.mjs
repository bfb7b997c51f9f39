/** One product under wasmtime: our kernels and candle's, in the same host. */

import { existsSync } from "node:fs";
import { toolPath, wasiHostPath } from "../places.mjs";
import { lines, run } from "../process.mjs";
import { missing } from "./missing.mjs";

function contender(name, tool, version) {
  return {
    name,
    find: () =>
      existsSync(toolPath(tool, "wasm")) ? { version } : missing("bench/peers/install.sh candle"),
    async measure(work) {
      const { stdout } = await run(wasiHostPath(), [toolPath(tool, "wasm"), work.shape]);
      const [report] = lines(stdout);
      return {
        figures: { matvec: report.gb_per_s },
        detail: { kernels: report.kernels, sum: report.sum },
      };
    },
  };
}

export const matvec = contender("senselm's kernels", "senselm-bench-matvec", "this commit");
export const candle = contender("candle", "senselm-bench-candle", "0.11.1");
