/** The rows on a terminal. */

import { number, spread, title, verdict, wanted } from "./format.mjs";

export function printRows({ rows, roofline, left_out: leftOut }) {
  for (const [host, limits] of Object.entries(roofline)) {
    printRoofline(host, limits);
  }
  for (const row of rows) {
    const { summary, unit, target } = row;
    console.log(`${row.host}: ${title(row)}`);
    console.log(`  ${row.ours.padEnd(18)}${number(summary.ours.median)} ${unit}`);
    if (summary.theirs) {
      console.log(`  ${row.theirs.padEnd(18)}${number(summary.theirs.median)} ${unit}`);
      console.log(`  ${"ratio".padEnd(18)}${spread(summary.ratio)}`);
    }
    if (target) {
      console.log(`  ${"wanted".padEnd(18)}${wanted(target, unit)}: ${plain(verdict(row))}`);
    }
    if (row.cores_busy_beside > 0.5) {
      console.log(`  CONTENDED: others kept ${row.cores_busy_beside} cores busy`);
    }
  }
  for (const { id, reason } of leftOut) {
    console.log(`left out ${id}: ${reason}`);
  }
}

function printRoofline(host, { error, bandwidth, int8_peak: peaks, kernels }) {
  if (error) {
    console.log(`roofline of ${host}: ${error}`);
    return;
  }
  console.log(`roofline of ${host}`);
  for (const { threads, bytes, gb_per_s: speed } of bandwidth) {
    console.log(`  bandwidth, ${threads} thread(s), ${bytes >> 20} MB: ${number(speed)} GB/s`);
  }
  for (const { threads, gop_per_s: speed } of peaks) {
    console.log(`  int8 peak, ${threads} thread(s): ${number(speed)} GOP/s`);
  }
  const percent = (share) => (share === null ? "-" : `${Math.round(share * 100)} %`);
  for (const kernel of kernels) {
    const decode = `${number(kernel.decode_gb_per_s)} GB/s, ${percent(kernel.bandwidth_share)} of bandwidth`;
    const prefill = `${number(kernel.prefill_gop_per_s)} GOP/s, ${percent(kernel.int8_peak_share)} of the int8 peak`;
    console.log(
      `  ${kernel.type} ${kernel.shape}, ${kernel.threads} thread(s): ${decode}; ${prefill}`,
    );
  }
}

const plain = (text) => text.replaceAll("*", "");
