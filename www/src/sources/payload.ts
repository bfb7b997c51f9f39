/** What a message holds: whole readings, or one channel's value. */

import type { ChannelInfo } from "@senselm/web";
import { Fields, type Format } from "./format.js";
import { atMost, readJson } from "./json-readings.js";
import { LineReader } from "./lines.js";
import { message, type Reading, type SourceMessage } from "./source.js";
import { at, isRecord, own, parseJson, toNumber } from "./untrusted.js";
import { Unusable, usable } from "./unusable.js";

/**
 * Whether a message holds whole readings, or the value of the channel whose name
 * ends the topic; `auto` is whichever it looks like.
 */
export type Holds = "auto" | "readings" | "value";

/** Whole readings, or the value of a channel that has a topic of its own. */
export type Payload =
  | { kind: "readings"; readings: Reading[] }
  | { kind: "value"; channel: number; value: number | null; time_s: number | null };

/** More is a recording, not a message. */
export const LARGEST_MESSAGE = 256 * 1024;

/** Reads messages of one source. */
export class PayloadReader {
  readonly #channels: readonly ChannelInfo[];
  readonly #format: Format;
  readonly #holds: Holds;
  readonly #fields: Fields;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });

  constructor(
    channels: readonly ChannelInfo[],
    holds: Holds,
    format: Format,
    complain: (problem: SourceMessage) => void,
  ) {
    this.#channels = channels;
    this.#holds = holds;
    this.#format = format;
    this.#fields = new Fields(channels, format, complain);
  }

  /** What a message holds. Throws `Unusable`. */
  read(topic: string, bytes: Uint8Array): Payload {
    const text = this.#text(bytes);
    if (this.#holds === "value") {
      return this.#value(topic, text);
    }
    const alone = this.#holds === "auto" ? this.#alone(topic, text) : null;
    return alone ?? { kind: "readings", readings: this.#readings(text) };
  }

  #text(bytes: Uint8Array): string {
    if (bytes.length > LARGEST_MESSAGE) {
      throw new Unusable(message("sources.problem_size", { limit: LARGEST_MESSAGE }));
    }
    try {
      return this.#decoder.decode(bytes).trim();
    } catch {
      throw new Unusable(message("sources.problem_encoding"));
    }
  }

  /** A bare number under a channel's own topic; a lone channel's is a reading. */
  #alone(topic: string, text: string): Payload | null {
    if (this.#channels.length < 2 || this.#channelOf(topic) === null) {
      return null;
    }
    const isNumber = text !== "" && toNumber(text) !== undefined;
    const isWrapped = text.startsWith("{") && own(parseJson(text), "value") !== undefined;
    return isNumber || isWrapped ? this.#value(topic, text) : null;
  }

  /** `21.5`, or an object with the number under `value` or at the path. */
  #value(topic: string, text: string): Payload {
    const channel = this.#channelOf(topic);
    if (channel === null) {
      throw new Unusable(message("sources.problem_topic", { topic: topic.slice(0, 80) }));
    }
    const content = text.startsWith("{") ? parseJson(text) : text;
    const given = isRecord(content) ? at(content, this.#format.path || "value") : content;
    const value = toNumber(given);
    if (value === undefined) {
      throw new Unusable(message("sources.problem_number"));
    }
    const time_s = this.#fields.seconds(this.#fields.timeIn(content));
    return { kind: "value", channel, value, time_s };
  }

  /** The channel whose name ends the topic. */
  #channelOf(topic: string): number | null {
    for (let from = topic.lastIndexOf("/"); ; from = topic.lastIndexOf("/", from - 1)) {
      const meaning = this.#fields.meaning(topic.slice(from + 1));
      if (typeof meaning === "number") {
        return meaning;
      }
      if (from <= 0) {
        return null;
      }
    }
  }

  #readings(text: string): Reading[] {
    if (text.startsWith("{") || text.startsWith("[")) {
      return readJson(text, this.#fields);
    }
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
    if (lines.length === 0) {
      throw new Unusable(message("sources.problem_number"));
    }
    atMost(lines.length);
    const { complain } = this.#fields;
    const reader = new LineReader(this.#channels, this.#format, complain);
    return usable(lines, (line) => reader.read(line), complain);
  }
}
