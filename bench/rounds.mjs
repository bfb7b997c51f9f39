/** Measures pairs in turns, A B A B, and makes rows of them. */

import { basename } from "node:path";
import { NotAvailable } from "./contenders/missing.mjs";
import { busyBeside } from "./machine.mjs";
import { rowId } from "./plan.mjs";
import { compare } from "./statistics.mjs";

/**
 * How much the sums of two products may differ. Both multiply the same numbers,
 * each with its own rounding of the activations.
 */
const SUMS_AGREE = 0.05;

/**
 * Measures one pair, and gives one row for each of its figures.
 *
 * @throws NotAvailable where one side cannot do the work.
 */
export async function measurePair(pair, contenders, rounds, place, watch = busyBeside) {
  const [ours, theirs] = [contenders[pair.ours], contenders[pair.theirs]];
  const measured = [];
  let beside = 0;
  for (let round = 0; round < rounds; round++) {
    beside = Math.max(beside, await watch());
    const a = await ours.measure(pair.work, place);
    const b = await theirs.measure({ ...pair.work, ...peerWork(pair.work) }, place);
    checkSums(pair, a.detail, b.detail);
    measured.push({ a, b });
    place.say?.(`${pair.id}: round ${round + 1} of ${rounds}`);
  }
  return pair.figures.map((figure) => {
    return { ...row(pair, figure, measured, beside), commit: place.commit ?? null };
  });
}

/** What the other side does differently: its own settings of the same work. */
function peerWork({ peer }) {
  return peer ? { ...peer, peer } : {};
}

function row(pair, figure, measured, beside) {
  const rounds = measured.map(({ a, b }) => ({
    ours: value(a, figure, pair.ours),
    theirs: b.figures[figure.key] ?? null,
  }));
  const { host, work, ours, theirs } = pair;
  return {
    id: rowId(pair, figure),
    host,
    work: told(work),
    ours,
    theirs,
    figure: figure.key,
    unit: figure.unit,
    better: figure.better,
    target: figure.target ?? null,
    rounds,
    summary: compare(rounds),
    details: { ours: measured[0].a.detail, theirs: measured[0].b.detail },
    cores_busy_beside: Number(beside.toFixed(2)),
    measured_at: new Date().toISOString(),
  };
}

/** The work without the place of a file, which is nobody else's business. */
function told(work) {
  return work.file ? { ...work, file: basename(work.file) } : work;
}

function value({ figures }, { key }, name) {
  const found = figures[key];
  if (!Number.isFinite(found)) {
    throw new NotAvailable(`${name} gave no figure ${key}`);
  }
  return found;
}

function checkSums(pair, ours, theirs) {
  if (ours?.sum === undefined || theirs?.sum === undefined) {
    return;
  }
  const apart = Math.abs(ours.sum - theirs.sum) / Math.abs(theirs.sum);
  if (!(apart < SUMS_AGREE)) {
    throw new Error(`${pair.id}: the results differ: ${ours.sum} and ${theirs.sum}`);
  }
}

/** Rows measured now, in place of those of the same name; the others stay. */
export function merge(old, rows) {
  const measured = new Set(rows.map((row) => row.id));
  return [...old.filter((row) => !measured.has(row.id)), ...rows];
}
