/** How a device writes its readings, as the user set it, and who finds them in it. */

import type { ChannelInfo } from "@senselm/web";
import { message, type Reading, type SourceMessage } from "./source.js";
import { at, isRecord, own, toNumber, toSeconds, type TimeUnit } from "./untrusted.js";
import { Unusable } from "./unusable.js";

/** How messages or lines hold readings. The default takes what it recognises. */
export interface Format {
  /** Where in a JSON message the readings stand, like `payload.sensors`. */
  path: string;
  /** For each channel the name or path of its field, null for the channel's name. */
  fields: readonly (string | null)[];
  /** The names of an array's or a line's values, in order; empty for the channels. */
  columns: readonly string[];
  /** The field of the time; empty for the usual names. */
  time: string;
  timeUnit: TimeUnit;
}

/** A format in which nothing is set. */
export const ANY_FORMAT: Format = { path: "", fields: [], columns: [], time: "", timeUnit: "auto" };

const TIMES = ["timestamp", "time", "ts", "time_s", "time_ms", "datetime", "date_time"];

/** Reads single values into readings of the model's channels. */
export class Fields {
  readonly channels: readonly ChannelInfo[];
  /** Hears of what is wrong with a reading that can be used all the same. */
  readonly complain: (problem: SourceMessage) => void;
  readonly #format: Format;
  readonly #paths: readonly string[];
  readonly #byName = new Map<string, number>();
  readonly #times: ReadonlySet<string>;

  constructor(
    channels: readonly ChannelInfo[],
    format: Format,
    complain: (problem: SourceMessage) => void,
  ) {
    this.channels = channels;
    this.#format = format;
    this.complain = complain;
    this.#paths = channels.map(({ name }, index) => format.fields[index] ?? name);
    this.#paths.forEach((path, index) => {
      this.#byName.set(plain(path), index);
    });
    const times = format.time ? [format.time] : TIMES;
    this.#times = new Set(times.map(plain).filter((time) => !this.#byName.has(time)));
  }

  /** The channels' names, for messages. */
  get wanted(): string {
    return this.#paths.join(", ");
  }

  /** The channel that a name means, "time" where it means the time, or null. */
  meaning(name: string): number | "time" | null {
    const known = plain(name);
    return this.#byName.get(known) ?? (this.#times.has(known) ? "time" : null);
  }

  /** Where a JSON message has its readings. */
  get path(): string {
    return this.#format.path;
  }

  /** What the values of an array or a line mean where no header says it. */
  positions(): (number | "time" | null)[] {
    const { columns } = this.#format;
    return columns.length > 0
      ? columns.map((name) => this.meaning(name))
      : this.channels.map((_, index) => index);
  }

  /** A reading from values in order. */
  fromOrder(
    values: readonly unknown[],
    positions: readonly (number | "time" | null)[],
    decimalComma = false,
  ): Reading {
    if (values.length !== positions.length) {
      const counts = { found: values.length, expected: positions.length };
      throw new Unusable(message("sources.problem_count", counts));
    }
    const found = new Map<number, unknown>();
    let time: unknown;
    positions.forEach((position, index) => {
      if (position === "time") {
        time = values[index];
      } else if (position !== null) {
        found.set(position, values[index]);
      }
    });
    return this.#reading((channel) => found.get(channel), time, decimalComma);
  }

  /** A reading from an object's fields; `outer` may have the time if it has not. */
  fromObject(object: Record<string, unknown>, outer?: unknown): Reading {
    return this.#reading(this.#lookup(object), this.timeIn(object) ?? this.timeIn(outer), false);
  }

  /** The value of every channel in an object, undefined where it has none. */
  valuesIn(object: Record<string, unknown>): unknown[] {
    const get = this.#lookup(object);
    return this.channels.map((_, channel) => get(channel));
  }

  /** The time that an object holds, as it is written, or undefined. */
  timeIn(object: unknown): unknown {
    if (!isRecord(object)) {
      return undefined;
    }
    if (this.#format.time) {
      return at(object, this.#format.time);
    }
    const key = Object.keys(object).find((key) => this.meaning(key) === "time");
    return key === undefined ? undefined : own(object, key);
  }

  /** A time in seconds, or null; one that cannot be read is complained about. */
  seconds(time: unknown): number | null {
    if (time === undefined || time === null || time === "") {
      return null;
    }
    const seconds = toSeconds(time, this.#format.timeUnit);
    if (seconds === null) {
      this.complain(message("sources.problem_time"));
    }
    return seconds;
  }

  #lookup(object: Record<string, unknown>): (channel: number) => unknown {
    let byName: Map<number, unknown> | null = null;
    return (channel) => {
      const exact = at(object, this.#paths[channel] ?? "");
      if (exact !== undefined) {
        return exact;
      }
      // Devices write Temp where the model says temp.
      byName ??= new Map(
        Object.entries(object).flatMap(([key, value]) => {
          const meaning = this.meaning(key);
          return typeof meaning === "number" ? [[meaning, value] as const] : [];
        }),
      );
      return byName.get(channel);
    };
  }

  #reading(get: (channel: number) => unknown, time: unknown, decimalComma: boolean): Reading {
    let known = 0;
    let strange = 0;
    const values = this.channels.map((_, channel) => {
      const given = get(channel);
      const value = given === undefined ? undefined : toNumber(given, decimalComma);
      known += value === undefined ? 0 : 1;
      strange += given !== undefined && value === undefined ? 1 : 0;
      return value ?? null;
    });
    if (known === 0) {
      throw new Unusable(
        strange > 0
          ? message("sources.problem_number")
          : message("sources.problem_names", { wanted: this.wanted }),
      );
    }
    if (strange > 0) {
      this.complain(message("sources.problem_number"));
    }
    const time_s = this.seconds(time);
    return time_s === null ? { values } : { values, time_s };
  }
}

/** A name without its unit in brackets, and without what people vary. */
function plain(name: string): string {
  const end = name.search(/[([]/);
  const bare = (end > 0 ? name.slice(0, end) : name).trim().toLowerCase();
  return bare.replace(/[\s-]+/g, "_");
}
