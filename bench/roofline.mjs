/** What the machine can do at most, and what of it the kernels reach. */

import { existsSync } from "node:fs";
import { toolPath } from "./places.mjs";
import { lines, run } from "./process.mjs";

/** Measures it, or says what is missing. */
export async function measureRoofline() {
  const tool = toolPath("senselm-bench-roofline");
  if (!existsSync(tool)) {
    return { error: `${tool} is missing: ./build.sh bench builds it` };
  }
  const { stdout } = await run(tool, []);
  return lines(stdout)[0];
}

/**
 * The share of the machine's bandwidth that decoding reaches: every token reads
 * the whole file once.
 */
export function decodeShare(row, roofline) {
  const bytes = row.details.ours.file_bytes;
  const at = closest(roofline?.bandwidth, row.work.threads, bytes);
  if (row.figure !== "decode" || !bytes || !at) {
    return null;
  }
  const gbPerSecond = (row.summary.ours.median * bytes) / 1e9;
  return { gb_per_s: gbPerSecond, bandwidth: at.gb_per_s, share: gbPerSecond / at.gb_per_s };
}

/** The bandwidth of the buffer size nearest to `bytes`, for so many threads. */
function closest(bandwidth, threads, bytes) {
  const distance = (entry) => Math.abs(Math.log(entry.bytes / bytes));
  return bandwidth
    ?.filter((entry) => entry.threads === threads)
    .sort((a, b) => distance(a) - distance(b))[0];
}
