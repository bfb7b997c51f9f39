/**
 * Numbers, times and JSON from devices that nobody has checked.
 *
 * Nothing here assigns to a key that came from outside, and only own properties
 * are read, so a message cannot reach a prototype.
 */

import { message } from "./source.js";
import { Unusable } from "./unusable.js";

/** Deeper than any device nests what it measured. */
export const MOST_LEVELS = 16;
/** Longer than any number is written. */
const LONGEST_NUMBER = 64;

/** What devices write where they have no value. */
const NOTHING = new Set(["", "nan", "null", "none", "nil", "na", "n/a", "-", "inf", "infinity"]);
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const DECIMAL_COMMA = /^[+-]?\d+,\d+(?:[eE][+-]?\d+)?$/;

/**
 * A value as the model takes it: null where there is none, which is what NaN and
 * the infinities are too, and undefined where it is no number at all.
 */
export function toNumber(value: unknown, decimalComma = false): number | null | undefined {
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : null;
  }
  if (typeof value === "boolean") {
    return value ? 1 : 0;
  }
  if (value === null) {
    return null;
  }
  if (typeof value !== "string" || value.length > LONGEST_NUMBER) {
    return undefined;
  }
  const text = value.trim();
  if (NOTHING.has(text.replace(/^[+-](?=.)/, "").toLowerCase())) {
    return null;
  }
  if (NUMBER.test(text)) {
    return toNumber(Number(text));
  }
  return decimalComma && DECIMAL_COMMA.test(text) ? toNumber(text.replace(",", ".")) : undefined;
}

/** How a time is written; `auto` tells seconds from their fractions by size. */
export type TimeUnit = "auto" | "s" | "ms" | "us" | "ns" | "iso";

const PER_SECOND = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 };
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i;

/** A time in seconds, or null where it cannot be read. */
export function toSeconds(value: unknown, unit: TimeUnit): number | null {
  if (typeof value === "string" && ISO.test(value.trim())) {
    const ms = Date.parse(value.trim().replace(" ", "T").replace(",", "."));
    return Number.isNaN(ms) ? null : ms / 1000;
  }
  const number = unit === "iso" ? null : toNumber(value);
  if (typeof number !== "number" || typeof value === "boolean") {
    return null;
  }
  return number / PER_SECOND[unit === "auto" || unit === "iso" ? bySize(number) : unit];
}

/** As seconds, anything below is before the year 5138; what is larger is finer. */
function bySize(time: number): keyof typeof PER_SECOND {
  const size = Math.abs(time);
  return size < 1e11 ? "s" : size < 1e14 ? "ms" : size < 1e17 ? "us" : "ns";
}

/** Whether a text is a time of the calendar. */
export function isCalendarTime(text: string): boolean {
  return ISO.test(text);
}

/**
 * JSON, or `Unusable`. NaN and Infinity, which some devices write although JSON
 * has neither, are read as null.
 */
export function parseJson(text: string): unknown {
  const checked = check(text);
  try {
    return JSON.parse(checked) as unknown;
  } catch {
    throw new Unusable(message("sources.problem_json"));
  }
}

/** One pass over the text, so that a hostile one costs no more than any other. */
function check(text: string): string {
  const pieces: string[] = [];
  let taken = 0;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (inString) {
      if (character === "\\") {
        at += 1;
      } else if (character === '"') {
        inString = false;
      }
    } else if (character === '"') {
      inString = true;
    } else if (character === "{" || character === "[") {
      depth += 1;
      if (depth > MOST_LEVELS) {
        throw new Unusable(message("sources.problem_depth", { limit: MOST_LEVELS }));
      }
    } else if (character === "}" || character === "]") {
      depth -= 1;
    } else if (character === "N" || character === "I") {
      const word = character === "N" ? "NaN" : "Infinity";
      if (text.startsWith(word, at)) {
        const sign = text[at - 1] === "-" || text[at - 1] === "+" ? 1 : 0;
        pieces.push(text.slice(taken, at - sign), "null");
        at += word.length - 1;
        taken = at + 1;
      }
    }
  }
  return pieces.length === 0 ? text : pieces.join("") + text.slice(taken);
}

/**
 * What stands at a path like `sensors.0.temp`, or undefined. A name that itself
 * has dots is found as a whole.
 */
export function at(value: unknown, path: string): unknown {
  if (path === "") {
    return value;
  }
  const whole = own(value, path);
  if (whole !== undefined) {
    return whole;
  }
  return path.split(".").reduce(own, value);
}

/** A value's own property; of an array only its elements. */
export function own(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    return /^\d{1,9}$/.test(key) ? (value[Number(key)] as unknown) : undefined;
  }
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
