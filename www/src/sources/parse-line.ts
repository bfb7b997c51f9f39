/** What one line of text holds: values in order, named values, names, or neither. */

import { isCalendarTime, toNumber } from "./untrusted.js";

/** A line, taken apart. */
export type Line =
  | { kind: "json" }
  | { kind: "values"; values: string[]; decimalComma: boolean }
  | { kind: "named"; named: [name: string, value: string][] }
  /** Perhaps a header, perhaps what a device says about itself. */
  | { kind: "words"; words: string[] };

/** A number with its unit right behind it; more digits behind it mean something else. */
const WITH_UNIT = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)\D{1,8}$/;

/**
 * Takes a line apart. Values may be separated by semicolons, tabs, commas or
 * spaces; a decimal comma is understood where the separator is none of these.
 */
export function parseLine(line: string): Line {
  const text = line.trim();
  if (text.startsWith("{") || text.startsWith("[")) {
    return { kind: "json" };
  }
  const { cells, decimalComma } = split(text);
  const isValue = (cell: string) =>
    toNumber(cell, decimalComma) !== undefined || isCalendarTime(cell);
  if (cells.every(isValue) && cells.some((cell) => cell !== "")) {
    return { kind: "values", values: cells, decimalComma };
  }
  const named = pairs(text);
  return named.length > 0 ? { kind: "named", named } : { kind: "words", words: cells };
}

function split(text: string): { cells: string[]; decimalComma: boolean } {
  const separator = [";", "\t", ","].find((separator) => text.includes(separator));
  const cells = (separator ? text.split(separator) : text.split(/\s+/)).map(unquoted);
  return { cells, decimalComma: separator === ";" || separator === "\t" };
}

function unquoted(cell: string): string {
  const text = cell.trim();
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

/**
 * `temp:21.5,hum:40` and its relatives: `temp=21.5 hum=40`, `temp: 21.5 °C, hum: 40 %`.
 * Between two colons stands a value, and behind it the next name.
 */
function pairs(text: string): [string, string][] {
  const parts = text.split(/[:=]/);
  const named: [string, string][] = [];
  let name = parts[0] ?? "";
  for (const part of parts.slice(1)) {
    const rest = part.trim();
    const end = rest.search(/[\s,;]/);
    const value = end < 0 ? rest : rest.slice(0, end);
    named.push([lastWord(name), number(value)]);
    name = end < 0 ? "" : rest.slice(end);
  }
  return named.filter(([name]) => name !== "");
}

/** What stands behind the last separator: in front of it may be a unit. */
function lastWord(text: string): string {
  return (text.split(/[,;\t]/).at(-1) ?? "").trim();
}

/** A number without the unit that is written right behind it. */
function number(text: string): string {
  return WITH_UNIT.exec(text)?.[1] ?? text;
}
