/**
 * Lines, messages and units, read by the rules of `crates/readings`: a wasm module that
 * is fetched when a source that needs it is opened. No rule of what a text means
 * is here.
 */

import type { ChannelInfo } from "@senselm/web";
import type { InitInput, Lines, Messages, Outcome } from "../../../web/wasm/readings/readings.js";
// A file of its own, everywhere: the page's policy has no data: addresses.
import address from "../../../web/wasm/readings/readings_bg.wasm?url&no-inline";
import type { Format, Holds } from "./format.js";
import type { Reading, SourceMessage } from "./source.js";

type Module = typeof import("../../../web/wasm/readings/readings.js");

/** What became of a line or a message. */
export interface Taken {
  readonly readings: readonly Spoken[];
  /** Why nothing was read, or null. */
  readonly refused: SourceMessage | null;
  /** What is wrong with readings that can be used all the same. */
  readonly complaints: readonly SourceMessage[];
}

/** A reading, and of which channels it speaks; the others may keep what they had. */
export interface Spoken {
  readonly reading: Reading;
  readonly named: readonly boolean[];
}

let loading: Promise<Module> | null = null;

/** Fetches the module, once, unless a host has it already. */
export function loadReader(from: InitInput = address): Promise<Module> {
  loading ??= load(from).catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** A value in another unit, or null where one cannot be had from the other. */
export type Convert = (value: number, from: string, to: string) => number | null;

/** What converts units, by the rules that lines and messages are read by. */
export async function loadConvert(): Promise<Convert> {
  const module = await loadReader();
  return (value, from, to) => {
    const converted = module.convert(value, from, to);
    return Number.isNaN(converted) ? null : converted;
  };
}

async function load(from: InitInput): Promise<Module> {
  const module = await import("../../../web/wasm/readings/readings.js");
  await module.default({ module_or_path: from });
  return module;
}

/** Reads the messages of a broker. */
export class MessageReader {
  readonly #reader: Messages;
  readonly #width: number;

  /** `topics` are the filters that were asked for. */
  constructor(
    module: Module,
    channels: readonly ChannelInfo[],
    holds: Holds,
    format: Format,
    topics: readonly string[],
  ) {
    this.#width = channels.length;
    this.#reader = withSetup(module, channels, format, (setup) => {
      return new module.Messages(setup, holds, [...topics]);
    });
  }

  read(topic: string, bytes: Uint8Array): Taken {
    return taken(this.#reader.read(topic, bytes), this.#width);
  }

  /** Gives its memory back. */
  free(): void {
    this.#reader.free();
  }
}

/** Reads lines one after the other; a header among them says what follows. */
export class LineReader {
  readonly #reader: Lines;
  readonly #width: number;

  constructor(module: Module, channels: readonly ChannelInfo[], format: Format) {
    this.#width = channels.length;
    this.#reader = withSetup(module, channels, format, (setup) => new module.Lines(setup));
  }

  /** Whether a line names values of all channels, so that it is no end of a line. */
  isWholeHeader(line: string): boolean {
    return this.#reader.isWholeHeader(line);
  }

  /** What a line holds; no readings where it is a header. */
  read(line: string): Taken {
    return taken(this.#reader.read(line), this.#width);
  }

  /** Gives its memory back. */
  free(): void {
    this.#reader.free();
  }
}

function withSetup<T>(
  module: Module,
  channels: readonly ChannelInfo[],
  format: Format,
  make: (setup: InstanceType<Module["Setup"]>) => T,
): T {
  const names = channels.map(({ name }) => name);
  const units = channels.map(({ unit }) => unit);
  const setup = new module.Setup(names, units);
  try {
    setup.path(format.path);
    setup.fields(channels.map((_, index) => format.fields[index] ?? ""));
    setup.columns([...format.columns]);
    setup.time(format.time, format.times === "auto" ? "" : format.times);
    return make(setup);
  } finally {
    setup.free();
  }
}

/** What stands in the module's memory, as objects; the memory is given back. */
function taken(outcome: Outcome, width: number): Taken {
  try {
    const refused = outcome.refused();
    const [values, mask] = [outcome.values(), outcome.mask()];
    const readings = Array.from(outcome.times(), (time_s, index) => {
      const [from, to] = [index * width, (index + 1) * width];
      const channels = Array.from(values.subarray(from, to), (value) => {
        return Number.isNaN(value) ? null : value;
      });
      const named = Array.from(mask.subarray(from, to), (bit) => bit === 1);
      const reading = Number.isNaN(time_s) ? { values: channels } : { values: channels, time_s };
      return { reading, named };
    });
    const complaints = Array.from({ length: outcome.complaintCount() }, (_, index) => {
      return worded(outcome.complaint(index));
    });
    return { readings, refused: refused.length > 0 ? worded(refused) : null, complaints };
  } finally {
    outcome.free();
  }
}

/** A problem as the module gives it, a code and names with values in turn. */
function worded([code, ...rest]: unknown[]): SourceMessage {
  const values: Record<string, string | number> = {};
  for (let index = 0; index + 1 < rest.length; index += 2) {
    const value = rest[index + 1];
    values[String(rest[index])] = typeof value === "number" ? value : String(value);
  }
  // Some of the names that are there, in quotes, or none.
  const key = code === "names" && values["known"] ? "names_there" : String(code);
  return { key: `sources.problem_${key}` as SourceMessage["key"], values };
}
