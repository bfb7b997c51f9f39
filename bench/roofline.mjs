/** What the machine can do at most, and what of it the kernels reach. */

import { existsSync } from "node:fs";
import { busyBeside } from "./machine.mjs";
import { toolPath, wasiHostPath } from "./places.mjs";
import { lines, run } from "./process.mjs";

/** The hosts whose limits are measured. */
export const LIMITED = ["native", "wasmtime"];

/** Measures the limits of a host, or says what is missing. */
export async function measureRoofline(host) {
  const tool = toolPath("senselm-bench-roofline", host);
  if (!existsSync(tool)) {
    return { error: "its program is missing: ./build.sh bench builds it" };
  }
  const beside = await busyBeside();
  const { stdout } = host === "native" ? await run(tool, []) : await run(wasiHostPath(), [tool]);
  return { ...lines(stdout)[0], cores_busy_beside: Number(beside.toFixed(2)) };
}

/**
 * The share of the machine's bandwidth that decoding reaches: every token reads
 * the whole file once.
 */
export function decodeShare(row, roofline) {
  const bytes = row.details.ours.file_bytes;
  const streams = row.work.sequences ?? row.work.threads;
  const at = closest(roofline?.native?.bandwidth, streams, bytes);
  // A GPU's memory is not the one that was measured.
  if (row.figure !== "decode" || row.work.backend === "gpu" || !bytes || !at) {
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
