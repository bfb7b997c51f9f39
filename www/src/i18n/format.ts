/** Numbers, sizes and times as the language of the page writes them. */

import { locale, t } from "./index.svelte.js";

const formatters = new Map<string, Intl.NumberFormat>();

/** Making a formatter takes longer than using one, and charts use many. */
function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale.tag} ${JSON.stringify(options)}`;
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.NumberFormat(locale.tag, options);
    formatters.set(key, found);
  }
  return found;
}

/** A number with at most so many decimals. */
export function number(value: number, decimals = 0): string {
  return formatter({ maximumFractionDigits: decimals }).format(value);
}

/** A number with exactly so many decimals, for columns. */
export function fixed(value: number, decimals: number): string {
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return formatter(digits).format(value);
}

/** A reading with as many decimals as its size calls for. */
export function reading(value: number): string {
  const size = Math.abs(value);
  return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** A figure to three digits, of whatever size. */
export function figure(value: number): string {
  return formatter({ maximumSignificantDigits: 3 }).format(value);
}

/** A count of anything: 124,864, then 1.25M. */
export function count(value: number): string {
  if (Math.abs(value) < 1e6) {
    return number(value);
  }
  return formatter({ notation: "compact", maximumFractionDigits: 2 }).format(value);
}

/** A share; what is nearly certain does not claim to be certain. */
export function percent(share: number, decimals = 1): string {
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const least = 0.1 ** (decimals + 2);
  const write = (value: number) => formatter({ style: "percent", ...digits }).format(value);
  if (share > 1 - least && share < 1) {
    return t("ui.above", { value: write(1 - least) });
  }
  if (share < least && share > 0) {
    return t("ui.below", { value: write(least) });
  }
  return write(share);
}

const BYTES = ["kilobyte", "megabyte", "gigabyte"] as const;

/** A size in units of 1000 bytes, as file managers and browsers give it. */
export function bytes(size: number): string {
  let unit = 0;
  let value = size / 1000;
  while (value >= 999.5 && unit < BYTES.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const decimals = value < (unit === 0 ? 1 : 100) ? 1 : 0;
  const style = { style: "unit", unit: BYTES[unit], unitDisplay: "short" } as const;
  return formatter({ ...style, maximumFractionDigits: decimals }).format(value);
}

/** How long a computation took. */
export function milliseconds(ms: number): string {
  const style = { style: "unit", unit: "millisecond", unitDisplay: "short" } as const;
  return formatter({ ...style, maximumFractionDigits: ms < 10 ? 1 : 0 }).format(ms);
}

/** A length of time for people: the two largest of hours, minutes, seconds. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    ["hour", Math.floor(seconds / 3600)],
    ["minute", Math.floor(seconds / 60) % 60],
    ["second", seconds % 60],
  ] as const;
  const first = parts.findIndex(([, value]) => value > 0);
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2);
  return shown
    .filter(([, value], index) => value > 0 || index === 0)
    .map(([unit, value]) => formatter({ style: "unit", unit, unitDisplay: "short" }).format(value))
    .join(" ");
}

/** A day and a time of the day. */
export function dateTime(when: Date | number | string): string {
  const options = { dateStyle: "medium", timeStyle: "short" } as const;
  return new Intl.DateTimeFormat(locale.tag, options).format(new Date(when));
}

/** A day. */
export function date(when: Date | number | string): string {
  return new Intl.DateTimeFormat(locale.tag, { dateStyle: "medium" }).format(new Date(when));
}

/** A time of the day, with seconds. */
export function time(when: Date | number | string): string {
  return new Intl.DateTimeFormat(locale.tag, { timeStyle: "medium" }).format(new Date(when));
}

/** "a, b and c". */
export function list(items: readonly string[]): string {
  return new Intl.ListFormat(locale.tag, { type: "conjunction" }).format(items);
}

/** A label or channel of a model in words: `bearing_wear` is "Bearing wear". */
export function words(label: string): string {
  const spaced = label.replaceAll("_", " ").trim();
  return spaced.charAt(0).toLocaleUpperCase() + spaced.slice(1);
}

/** What a classification says in words: its label, or that it is none of them. */
export function labelled({ label, rejected }: { label: string; rejected?: boolean }): string {
  return rejected ? t("live.rejected", { label: words(label) }) : words(label);
}
