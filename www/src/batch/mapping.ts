/** Which column of a file is which of those that a model expects. */

import type { ExpectedColumn } from "@senselm/web";

/** For each expected column the column of the file, or none. */
export type Mapping = (number | null)[];

/** What keeps a mapping from being used. */
export interface MappingProblems {
  /** Expected columns that are required and have none. */
  missing: number[];
  /** Expected columns that share theirs with an earlier one. */
  twice: number[];
}

/** Looks for what is missing or chosen twice. */
export function problemsOf(
  expected: readonly ExpectedColumn[],
  mapping: Readonly<Mapping>,
): MappingProblems {
  const chosen = (at: number) => mapping[at] ?? null;
  const all = expected.map((_, at) => at);
  return {
    missing: all.filter((at) => expected[at]?.required && chosen(at) === null),
    twice: all.filter((at) => chosen(at) !== null && mapping.indexOf(chosen(at)) < at),
  };
}

const PREFIX = "senselm.batch.mapping.";
/** Mappings that are remembered; the oldest goes first. */
const REMEMBERED = 50;

/** What the user chose the last time for a file with this header, or null. */
export function remembered(
  model: string,
  header: readonly string[],
  expected: readonly ExpectedColumn[],
): Mapping | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key(model, header)) ?? "null");
    const fits =
      Array.isArray(stored) &&
      stored.length === expected.length &&
      stored.every((column) => column === null || isColumn(column, header.length));
    return fits ? (stored as Mapping) : null;
  } catch {
    return null;
  }
}

/** Remembers a mapping. Where nothing can be stored, suggestions have to do. */
export function remember(model: string, header: readonly string[], mapping: Mapping): void {
  try {
    const kept = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
    for (const name of kept.slice(0, Math.max(0, kept.length - REMEMBERED + 1))) {
      localStorage.removeItem(name);
    }
    localStorage.setItem(key(model, header), JSON.stringify(mapping));
  } catch {
    // Storage is full or forbidden.
  }
}

function isColumn(value: unknown, columns: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < columns;
}

/** Long headers make a short key: two FNV-1a hashes that differ in their start. */
function key(model: string, header: readonly string[]): string {
  const text = JSON.stringify([model, header]);
  return `${PREFIX}${hash(text, 0x811c9dc5)}${hash(text, 0x01000193)}`;
}

function hash(text: string, start: number): string {
  let state = start;
  for (let at = 0; at < text.length; at += 1) {
    state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  }
  return (state >>> 0).toString(16).padStart(8, "0");
}
