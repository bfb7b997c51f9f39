/** The readings in a JSON text, in any of the shapes that devices give them. */

import type { Fields } from "./format.js";
import { message, type Reading } from "./source.js";
import { at, isRecord, own, parseJson } from "./untrusted.js";
import { Unusable, usable } from "./unusable.js";

/** More is a recording, not a message. */
export const MOST_READINGS = 10_000;

/** Where gateways put the readings of a message that has more to say. */
const WRAPPERS = ["readings", "samples", "values", "data"];

/** The readings of a JSON text. Throws `Unusable`. */
export function readJson(text: string, fields: Fields): Reading[] {
  const root = parseJson(text);
  const content = at(root, fields.path);
  if (content === undefined) {
    throw new Unusable(message("sources.problem_path", { path: fields.path }));
  }
  return fromJson(content, root, fields, true);
}

/** Refuses more readings than a message may hold. */
export function atMost(readings: number): void {
  if (readings > MOST_READINGS) {
    throw new Unusable(message("sources.problem_many", { limit: MOST_READINGS }));
  }
}

function fromJson(content: unknown, root: unknown, fields: Fields, mayUnwrap: boolean): Reading[] {
  if (Array.isArray(content)) {
    const items = content as unknown[];
    const areReadings = items.length > 0 && items.every((item) => typeof item === "object");
    if (!areReadings || items.every((item) => item === null)) {
      return [fields.fromOrder(items, fields.positions())];
    }
    atMost(items.length);
    return usable(items, (item) => fromJson(item, undefined, fields, false), fields.complain);
  }
  if (!isRecord(content)) {
    throw new Unusable(message("sources.problem_shape"));
  }
  const values = fields.valuesIn(content);
  if (values.some((value) => Array.isArray(value))) {
    return fromLists(values, fields.timeIn(content), fields);
  }
  const wrapped = WRAPPERS.map((name) => own(content, name)).find((inner) => {
    return typeof inner === "object" && inner !== null;
  });
  if (mayUnwrap && wrapped !== undefined && values.every((value) => value === undefined)) {
    return fromJson(wrapped, content, fields, false);
  }
  return [fields.fromObject(content, root)];
}

/** `{"x": [1, 2], "y": [3, 4]}`: a list for each channel, all as long. */
function fromLists(lists: unknown[], times: unknown, fields: Fields): Reading[] {
  const length = lists.reduce<number>((most, list) => {
    return Array.isArray(list) ? Math.max(most, list.length) : most;
  }, 0);
  atMost(length);
  const short = lists.find((list) => list !== undefined && !hasLength(list, length));
  if (short !== undefined) {
    const found = Array.isArray(short) ? short.length : 1;
    throw new Unusable(message("sources.problem_count", { found, expected: length }));
  }
  // One time for many readings does not say when each was taken.
  const hasTimes = hasLength(times, length);
  const positions = [...lists.keys(), ...(hasTimes ? (["time"] as const) : [])];
  const columns = hasTimes ? [...lists, times] : lists;
  return Array.from({ length }, (_, index) => {
    const row = columns.map((list) => (Array.isArray(list) ? (list[index] as unknown) : null));
    return fields.fromOrder(row, positions);
  });
}

function hasLength(list: unknown, length: number): boolean {
  return Array.isArray(list) && list.length === length;
}
