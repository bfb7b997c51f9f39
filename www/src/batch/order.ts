/** Which answers a list shows, and in which order. */

import type { Answers } from "./answers.js";

/** What a list is sorted by. */
export type SortedBy = "file" | "least_sure" | "anomaly" | "error";

/** What a list shows. Null means that it does not matter. */
export interface Filter {
  said: number | null;
  truth: number | null;
  /** Everything, only wrong answers, or only refusals. */
  only: "all" | "wrong" | "refused";
  sort: SortedBy;
}

/** Everything, as the file has it. */
export const EVERYTHING: Readonly<Filter> = { said: null, truth: null, only: "all", sort: "file" };

/** Answers that are looked at before the page gets its turn again. */
const SLICE = 50_000;

/**
 * The answers that a filter lets through, in its order. Gives the page its turn
 * in between; the signal ends the work when another filter was chosen.
 */
export async function select(
  answers: Answers,
  filter: Readonly<Filter>,
  signal: AbortSignal,
): Promise<Uint32Array<ArrayBuffer>> {
  const { length } = answers;
  const found = new Uint32Array(length);
  let count = 0;
  for (let start = 0; start < length; start += SLICE) {
    const end = Math.min(start + SLICE, length);
    for (let at = start; at < end; at += 1) {
      if (passes(answers, filter, at)) {
        found[count] = at;
        count += 1;
      }
    }
    await turn(signal);
  }
  const selected = found.slice(0, count);
  return filter.sort === "file" ? selected : sorted(selected, keysOf(answers, filter.sort), signal);
}

/** Whether a filter lets an answer through. */
export function passes(answers: Answers, filter: Readonly<Filter>, at: number): boolean {
  return (
    (filter.said === null || answers.said[at] === filter.said) &&
    (filter.truth === null || answers.truth[at] === filter.truth) &&
    (filter.only !== "wrong" || answers.isRight(at) === false) &&
    (filter.only !== "refused" || answers.isRefused(at))
  );
}

/** What comes first has the smallest key; what has none comes last. */
function keysOf(answers: Answers, sort: Exclude<SortedBy, "file">): (at: number) => number {
  switch (sort) {
    case "least_sure":
      return (at) => answers.probability[at] ?? NaN;
    case "anomaly":
      return (at) => -(answers.anomaly[at] ?? NaN);
    case "error":
      return (at) => -Math.abs((answers.value[at] ?? NaN) - (answers.trueValue[at] ?? NaN));
  }
}

/**
 * Sorts by a key of 32 bits, 16 at a time, lowest first: each pass is linear and
 * can be left and taken up again, which a comparison sort cannot.
 */
async function sorted(
  items: Uint32Array<ArrayBuffer>,
  keyOf: (at: number) => number,
  signal: AbortSignal,
): Promise<Uint32Array<ArrayBuffer>> {
  const keys = new Uint32Array(items.length);
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  for (let start = 0; start < items.length; start += SLICE) {
    const end = Math.min(start + SLICE, items.length);
    for (let at = start; at < end; at += 1) {
      float[0] = keyOf(items[at] ?? 0);
      const raw = bits[0] ?? 0;
      // In this order unsigned integers sort as the floats do.
      const ordered = raw >>> 31 ? ~raw : raw | 0x80000000;
      keys[at] = Number.isNaN(float[0]) ? 0xffffffff : ordered;
    }
    await turn(signal);
  }
  let order = Uint32Array.from(items, (_, at) => at);
  for (const shift of [0, 16]) {
    order = await byDigit(order, keys, shift, signal);
  }
  return order.map((at) => items[at] ?? 0);
}

async function byDigit(
  order: Uint32Array<ArrayBuffer>,
  keys: Uint32Array,
  shift: number,
  signal: AbortSignal,
): Promise<Uint32Array<ArrayBuffer>> {
  const digit = (item: number) => ((keys[item] ?? 0) >>> shift) & 0xffff;
  const places = new Uint32Array(0x10000 + 1);
  for (const item of order) {
    const at = digit(item) + 1;
    places[at] = (places[at] ?? 0) + 1;
  }
  for (let at = 1; at < places.length; at += 1) {
    places[at] = (places[at] ?? 0) + (places[at - 1] ?? 0);
  }
  const result = new Uint32Array(order.length);
  for (let start = 0; start < order.length; start += SLICE) {
    const end = Math.min(start + SLICE, order.length);
    for (let at = start; at < end; at += 1) {
      const item = order[at] ?? 0;
      const value = digit(item);
      const place = places[value] ?? 0;
      result[place] = item;
      places[value] = place + 1;
    }
    await turn(signal);
  }
  return result;
}

/** Lets the page draw and listen. */
export async function turn(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve);
  });
  signal.throwIfAborted();
}
