/** Bytes become lines, whatever the chunks in which they arrive. */

import { Fields, type Format } from "./format.js";
import { readJson } from "./json-readings.js";
import { parseLine } from "./parse-line.js";
import { message, type Reading, type SourceMessage } from "./source.js";
import { Unusable } from "./unusable.js";
import type { ChannelInfo } from "@senselm/web";

/** Longer than any line of readings. */
export const LONGEST_LINE = 4096;

/** Cuts a stream of bytes at line feeds. A line that is too long is left out. */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  readonly #longest: number;
  readonly #tooLong: () => void;
  #rest = "";
  #skipping = false;

  constructor(tooLong: () => void, longest = LONGEST_LINE) {
    this.#tooLong = tooLong;
    this.#longest = longest;
  }

  /** The lines that these bytes complete, without their ends. */
  push(bytes: Uint8Array): string[] {
    const lines: string[] = [];
    const pieces = this.#decoder.decode(bytes, { stream: true }).split("\n");
    pieces.forEach((piece, index) => {
      if (index > 0) {
        this.#end(lines);
      }
      this.#append(piece);
    });
    return lines;
  }

  #append(piece: string): void {
    if (this.#skipping) {
      return;
    }
    if (this.#rest.length + piece.length > this.#longest) {
      this.#skipping = true;
      this.#rest = "";
      this.#tooLong();
    } else {
      this.#rest += piece;
    }
  }

  #end(lines: string[]): void {
    const line = this.#rest.replace(/\r$/, "");
    if (!this.#skipping) {
      lines.push(line);
    }
    this.#skipping = false;
    this.#rest = "";
  }
}

/** Reads lines one after the other; a header among them says what follows. */
export class LineReader {
  readonly #fields: Fields;
  #positions: readonly (number | "time" | null)[];

  constructor(
    channels: readonly ChannelInfo[],
    format: Format,
    complain: (problem: SourceMessage) => void,
  ) {
    this.#fields = new Fields(channels, format, complain);
    this.#positions = this.#fields.positions();
  }

  /** Whether a line names values of all channels, so that it is no end of a line. */
  isWholeHeader(line: string): boolean {
    const parsed = parseLine(line);
    const words = parsed.kind === "words" ? parsed.words : [];
    const named = new Set(words.map((word) => this.#fields.meaning(word)));
    return this.#fields.channels.every((_, channel) => named.has(channel));
  }

  /** The readings of a line, none where it is a header. Throws `Unusable`. */
  read(line: string): Reading[] {
    // What cannot be decoded arrives as this character.
    if (line.includes("\ufffd")) {
      throw new Unusable(message("sources.problem_noise"));
    }
    const parsed = parseLine(line);
    switch (parsed.kind) {
      case "json":
        return readJson(line, this.#fields);
      case "values":
        return [this.#fromOrder(parsed.values, parsed.decimalComma)];
      case "named":
        return [this.#fields.fromObject(Object.fromEntries(parsed.named))];
      case "words":
        this.#header(parsed.words);
        return [];
    }
  }

  /** Names say what the values of the lines that follow mean. */
  #header(words: readonly string[]): void {
    const positions = words.map((word) => this.#fields.meaning(word));
    if (!positions.some((position) => typeof position === "number")) {
      throw new Unusable(message("sources.problem_names", { wanted: this.#fields.wanted }));
    }
    this.#positions = positions;
  }

  #fromOrder(values: string[], decimalComma: boolean): Reading {
    // Sketches write the separator behind every value, the last one too.
    const isTrailing = values.at(-1) === "" && values.length === this.#positions.length + 1;
    const used = isTrailing ? values.slice(0, -1) : values;
    return this.#fields.fromOrder(used, this.#positions, decimalComma);
  }
}
