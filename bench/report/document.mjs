/** Writes docs/benchmarks.md, its plots, and the figures they are made of. */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONTENDED } from "../machine.mjs";
import { markdown } from "./markdown.mjs";
import { plots } from "./plots.mjs";

/**
 * Writes everything, and says where.
 *
 * Figures of a machine that others kept busy are refused unless `contended`.
 */
export function writeDocument(results, root, { contended }) {
  const busy = contendedRows(results);
  if (busy.length > 0 && !contended) {
    throw new Error(
      `these figures were taken while others kept more than ${CONTENDED} cores busy: ` +
        `${busy.join(", ")}. Measure them again on a quiet machine, or give --contended.`,
    );
  }
  const images = join(root, "docs/images");
  mkdirSync(images, { recursive: true });
  for (const name of readdirSync(images).filter((name) => /^bench-.*\.svg$/.test(name))) {
    rmSync(join(images, name));
  }
  const files = [
    ["docs/benchmarks.json", `${JSON.stringify(results, null, 1)}\n`],
    ["docs/benchmarks.md", markdown(results)],
    ...plots(results).map(({ name, svg }) => [`docs/images/${name}`, svg]),
  ];
  for (const [path, text] of files) {
    writeFileSync(join(root, path), text);
  }
  return files.map(([path]) => path);
}

/** What was measured while others were busy. */
export function contendedRows({ rows, roofline }) {
  const limits = Object.entries(roofline).map(([host, r]) => ({ id: `roofline of ${host}`, ...r }));
  const busy = [...limits, ...rows].filter((row) => row.cores_busy_beside > CONTENDED);
  return busy.map((row) => row.id);
}
