/** Readings and rows that come a few at a time: live streams, long recordings. */

import type { CallOptions, Connection } from "./connection.js";
import type { Fits, StatedOptions } from "./fits.js";
import type { NumberRows, NumbersStep, Reading, RecordingStep, StreamStep } from "./protocol.js";

/** Readings as they come. The model's front end cuts them into windows. */
export class ReadingStream {
  readonly #connection: Connection;
  readonly #stream: number;

  /** @internal */
  constructor(connection: Connection, stream: number) {
    this.#connection = connection;
    this.#stream = stream;
  }

  /** Adds readings, and answers the windows that they complete. */
  push(readings: readonly Reading[], options: CallOptions = {}): Promise<StreamStep> {
    return this.#connection.call("pushReadings", { stream: this.#stream, readings }, options);
  }

  /** Whether the windows that came lately are of the kind that the model was trained on. */
  fits(options: CallOptions = {}): Promise<Fits> {
    return this.#connection.call("fitsStream", { stream: this.#stream }, options);
  }

  /**
   * Begins anew, so that no window joins what came before with what comes now.
   * Gives how many readings are in no window because of that.
   */
  reset(options: CallOptions = {}): Promise<number> {
    return this.#connection.call("resetStream", { stream: this.#stream }, options);
  }

  /** Frees it. */
  async close(): Promise<void> {
    await this.#connection.call("closeStream", { stream: this.#stream });
  }
}

/** A recording whose rows come a few at a time, from any kind of file. */
export class RecordingReader {
  readonly #connection: Connection;
  readonly #recording: number;

  /** @internal */
  constructor(connection: Connection, recording: number) {
    this.#connection = connection;
    this.#recording = recording;
  }

  /** Adds rows, one string a cell, and answers the windows that they complete. */
  push(rows: readonly (readonly string[])[], options: CallOptions = {}): Promise<RecordingStep> {
    return this.#connection.call("pushRows", { recording: this.#recording, rows }, options);
  }

  /** Whether the windows so far are of the kind that the model was trained on. */
  fits(stated: StatedOptions = {}, options: CallOptions = {}): Promise<Fits> {
    return this.#connection.call("fitsRecording", { recording: this.#recording, stated }, options);
  }

  /** Ends and frees it. Gives what a user should know: gaps, rows without an answer. */
  finish(options: CallOptions = {}): Promise<string[]> {
    return this.#connection.call("closeRecording", { recording: this.#recording }, options);
  }
}

/** A recording whose rows are numbers already. */
export class NumbersReader {
  readonly #connection: Connection;
  readonly #recording: number;

  /** @internal */
  constructor(connection: Connection, recording: number) {
    this.#connection = connection;
    this.#recording = recording;
  }

  /** Adds rows, and answers the windows that they complete. The arrays are handed over. */
  push(rows: NumberRows, options: CallOptions = {}): Promise<NumbersStep> {
    const takes = { recording: this.#recording, rows };
    return this.#connection.call("pushNumbers", takes, { ...options, transfer: arraysOf(rows) });
  }

  /** Takes rows for `fits` alone, without answers. The arrays are handed over. */
  async look(rows: NumberRows, options: CallOptions = {}): Promise<void> {
    const takes = { recording: this.#recording, rows };
    await this.#connection.call("look", takes, { ...options, transfer: arraysOf(rows) });
  }

  /** Whether the windows so far are of the kind that the model was trained on. */
  fits(stated: StatedOptions = {}, options: CallOptions = {}): Promise<Fits> {
    return this.#connection.call("fitsRecording", { recording: this.#recording, stated }, options);
  }

  /** Ends and frees it. Gives what a user should know: gaps, rows without an answer. */
  finish(options: CallOptions = {}): Promise<string[]> {
    return this.#connection.call("closeRecording", { recording: this.#recording }, options);
  }
}

/** The memory of rows, which moves to the worker. */
function arraysOf({ states, lines, values, lengths, times, truths }: NumberRows): ArrayBuffer[] {
  const arrays = [states, lines, values, lengths, times, truths];
  return arrays.flatMap((array) => (ArrayBuffer.isView(array) ? [array.buffer] : []));
}
