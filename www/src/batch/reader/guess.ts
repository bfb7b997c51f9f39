/** How a file is probably written, by its first rows. A person may correct all of it. */

import Papa from "papaparse";
import { type ColumnType, type Delimiter, DELIMITERS, type FileColumn } from "./protocol.js";

/** Rows that are looked at. */
const LOOKED_AT = 100;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const COMMA_NUMBER = /^[+-]?\d+,\d+$/;
const TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$/;
const MISSING = /^(nan|na|n\/a|null|none|\?)?$/i;

/** From what is rare inside of a field to what is common. */
const BY_RARITY: readonly Delimiter[] = ["\t", ";", "|", ","];

/** What the rows of a text are most probably separated by. */
export function guessDelimiter(text: string): Delimiter {
  const scored = BY_RARITY.map((delimiter) => ({ delimiter, ...regularity(text, delimiter) }));
  const regular = scored.find(({ fields, share }) => fields > 1 && share >= 0.9);
  if (regular) {
    return regular.delimiter;
  }
  const several = scored.filter(({ fields }) => fields > 1);
  several.sort((a, b) => b.share - a.share || b.fields - a.fields);
  return several[0]?.delimiter ?? DELIMITERS[0];
}

/** How many fields the first row has, and how many of the others as many. */
function regularity(text: string, delimiter: Delimiter): { fields: number; share: number } {
  const parsed = Papa.parse<string[]>(text, { delimiter, preview: LOOKED_AT });
  const rows = parsed.data.filter((row) => row.length > 1 || row[0]?.trim() !== "");
  const fields = rows[0]?.length ?? 0;
  const same = rows.filter((row) => row.length === fields).length;
  return { fields, share: rows.length > 0 ? same / rows.length : 0 };
}

/** Whether the first row names the columns: a name is no number. */
export function guessHeader(rows: readonly (readonly string[])[]): boolean {
  const first = rows[0] ?? [];
  return first.length > 0 && !first.some((cell) => isNumber(cell) || COMMA_NUMBER.test(cell));
}

/** Whether decimals stand behind a comma, which only other delimiters allow. */
export function guessDecimal(
  rows: readonly (readonly string[])[],
  delimiter: Delimiter,
): "." | "," {
  if (delimiter === ",") {
    return ".";
  }
  const cells = rows.slice(0, LOOKED_AT).flat();
  const commas = cells.filter((cell) => COMMA_NUMBER.test(cell.trim())).length;
  const points = cells.filter((cell) => cell.includes(".") && isNumber(cell)).length;
  return commas > points ? "," : ".";
}

/** A number with a decimal comma as everybody else writes it; other text as it is. */
export function withPoint(cell: string): string {
  return COMMA_NUMBER.test(cell.trim()) ? cell.replace(",", ".") : cell;
}

/** The columns, with what their values look like. */
export function guessColumns(
  names: readonly string[],
  rows: readonly (readonly string[])[],
): FileColumn[] {
  return names.map((name, at) => ({ name, type: guessType(rows.map((row) => row[at] ?? "")) }));
}

function guessType(values: readonly string[]): ColumnType {
  const present = values.map((value) => value.trim()).filter((value) => !MISSING.test(value));
  if (present.length === 0) {
    return "empty";
  }
  if (present.every(isNumber)) {
    return "number";
  }
  if (present.every((value) => TIME.test(value))) {
    return "time";
  }
  if (present.every((value) => value.includes("[") || value.split(/[\s,;]+/).every(isNumber))) {
    return "list";
  }
  return "text";
}

function isNumber(text: string): boolean {
  return NUMBER.test(text.trim());
}
