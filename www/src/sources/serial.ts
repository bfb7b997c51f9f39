/**
 * Readings from a device on a serial port that prints one line a reading.
 *
 * A port that breaks is opened again with growing waits; one that is unplugged
 * when it is plugged in again, which the browser announces.
 */

import type { ChannelInfo } from "@senselm/web";
import { Backoff } from "./backoff.js";
import { ANY_FORMAT, type Format } from "./format.js";
import { LineSplitter, LONGEST_LINE } from "./lines.js";
import { LineReader, loadReader } from "./reader.js";
import { message, type Source, type SourceMessage, type SourceSink } from "./source.js";
import { Problems } from "./unusable.js";

/** How to read a port. */
export interface SerialSettings {
  baudRate: number;
  dataBits: 7 | 8;
  stopBits: 1 | 2;
  parity: ParityType;
  format: Format;
}

export const SERIAL_DEFAULTS: SerialSettings = {
  baudRate: 115_200,
  dataBits: 8,
  stopBits: 1,
  parity: "none",
  format: ANY_FORMAT,
};

/** The rates that devices use. */
export const BAUD_RATES = [4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600];

/** Seconds of readings, where the default would hold a few lines. */
const BUFFER_BYTES = 64 * 1024;

export class SerialSource implements Source {
  readonly kind = "serial";
  readonly #settings: SerialSettings;
  readonly #backoff = new Backoff();
  #sink: SourceSink | null = null;
  #problems: Problems | null = null;
  #port: SerialPort | null = null;
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  #isUnplugged = false;
  #isClosed = false;
  /** Ends the wait for the next attempt, while there is one. */
  #wake: (() => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(settings: SerialSettings) {
    this.#settings = settings;
  }

  open(channels: readonly ChannelInfo[], sink: SourceSink): void {
    const { serial } = navigator as Partial<Pick<Navigator, "serial">>;
    if (!serial) {
      this.#isClosed = true;
      sink.state({ kind: "failed", reason: message("sources.serial_missing") });
      return;
    }
    this.#sink = sink;
    this.#problems = new Problems(sink);
    sink.state({ kind: "connecting" });
    // The browser lists ports only while a click is being handled.
    const chosen = serial.requestPort();
    this.#running = this.#begin(serial, chosen, channels);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#problems?.close();
    this.#wake?.();
    await this.#reader?.cancel().catch(() => undefined);
    // While the user still chooses a port there is nothing to wait for.
    if (this.#port) {
      await this.#running;
    }
    this.#sink?.state({ kind: "closed" });
    this.#sink = null;
  }

  async #begin(
    serial: Serial,
    chosen: Promise<SerialPort>,
    channels: readonly ChannelInfo[],
  ): Promise<void> {
    try {
      this.#port = await chosen;
    } catch (error) {
      const isDenied = error instanceof DOMException && error.name === "SecurityError";
      this.#fail(message(isDenied ? "sources.serial_denied" : "sources.serial_not_chosen"));
      return;
    }
    serial.addEventListener("connect", this.#pluggedIn);
    serial.addEventListener("disconnect", this.#unplugged);
    try {
      const module = await loadReader().catch(() => null);
      if (module === null) {
        this.#fail(message("sources.serial_code"));
      }
      while (module !== null && !this.#isClosed) {
        await this.#connect(() => new LineReader(module, channels, this.#settings.format));
      }
    } finally {
      serial.removeEventListener("connect", this.#pluggedIn);
      serial.removeEventListener("disconnect", this.#unplugged);
    }
  }

  /** Opens the port, reads until it breaks, and waits until it is worth another try. */
  async #connect(makeReader: () => LineReader): Promise<void> {
    const port = this.#port;
    if (!port) {
      return;
    }
    const { baudRate, dataBits, stopBits, parity } = this.#settings;
    this.#state({ kind: "connecting" });
    try {
      await port.open({ baudRate, dataBits, stopBits, parity, bufferSize: BUFFER_BYTES });
    } catch (error) {
      if (error instanceof TypeError) {
        this.#fail(message("sources.serial_rate", { baud: baudRate }));
      } else {
        await this.#wait(message("sources.serial_busy"));
      }
      return;
    }
    this.#isUnplugged = false;
    this.#backoff.connected();
    this.#state({ kind: "open" });
    const lines = makeReader();
    try {
      await this.#read(port, lines);
    } finally {
      lines.free();
    }
    await port.close().catch(() => undefined);
    if (!this.#isClosed) {
      this.#sink?.gap();
      await this.#wait(message("sources.serial_lost"));
    }
  }

  async #read(port: SerialPort, lines: LineReader): Promise<void> {
    let isSilent = false;
    // After an error on the line, which is not the end, the port has a new stream.
    while (port.readable && !this.#isClosed) {
      const reader = port.readable.getReader();
      const take = this.#taker(lines);
      this.#reader = reader;
      try {
        for (;;) {
          const { value, done } = await reader.read();
          if (done) {
            return;
          }
          isSilent = false;
          take(value);
        }
      } catch (error) {
        // Nothing but errors arrive: the port is to be opened anew.
        if (isSilent) {
          return;
        }
        isSilent = true;
        this.#damaged(port, error);
      } finally {
        this.#reader = null;
        reader.releaseLock();
      }
    }
  }

  /** Says what an error on the line has taken; a lost port is said by its state. */
  #damaged(port: SerialPort, error: unknown): void {
    if (port.readable && !this.#isClosed) {
      const reason = error instanceof DOMException ? error.name : String(error);
      this.#problems?.add(message("sources.problem_line_noise", { reason }));
      this.#sink?.gap();
    }
  }

  /** Turns the bytes of one stream into readings. */
  #taker(reader: LineReader): (bytes: Uint8Array) => void {
    const splitter = new LineSplitter(() => {
      this.#problems?.add(message("sources.problem_line", { limit: LONGEST_LINE }));
    });
    let isFirst = true;
    return (bytes) => {
      let lines = splitter.push(bytes);
      if (isFirst && lines[0] !== undefined) {
        isFirst = false;
        // The stream may begin in the middle of a line, and half a number is a
        // wrong number.
        lines = reader.isWholeHeader(lines[0]) ? lines : lines.slice(1);
      }
      const readings = lines
        .filter((line) => line.trim() !== "")
        .flatMap((line) => this.#problems?.readingsOf(reader.read(line), line) ?? [])
        .map(({ reading }) => reading);
      if (readings.length > 0 && !this.#isClosed) {
        this.#sink?.readings(readings);
      }
    };
  }

  async #wait(reason: SourceMessage): Promise<void> {
    if (this.#isClosed) {
      return;
    }
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#isUnplugged) {
        this.#awaitPlug();
        return;
      }
      const retryInMs = this.#backoff.delay();
      this.#timer = setTimeout(resolve, retryInMs);
      this.#state({ kind: "waiting", retryInMs, reason });
    });
    clearTimeout(this.#timer);
    this.#wake = null;
  }

  #awaitPlug(): void {
    clearTimeout(this.#timer);
    const reason = message("sources.serial_unplugged");
    this.#state({ kind: "waiting", retryInMs: null, reason });
  }

  readonly #unplugged = ({ target }: Event): void => {
    if (target === this.#port) {
      this.#isUnplugged = true;
      // The stream breaks as well, before this or after it.
      if (this.#wake) {
        this.#awaitPlug();
      }
    }
  };

  readonly #pluggedIn = ({ target }: Event): void => {
    const port = target as SerialPort | null;
    if (!port || !this.#port || !this.#isUnplugged || !isSame(port, this.#port)) {
      return;
    }
    this.#port = port;
    this.#isUnplugged = false;
    this.#wake?.();
  };

  #fail(reason: SourceMessage): void {
    this.#state({ kind: "failed", reason });
    this.#isClosed = true;
    this.#problems?.close();
  }

  #state(state: Parameters<SourceSink["state"]>[0]): void {
    if (!this.#isClosed) {
      this.#sink?.state(state);
    }
  }
}

/** Whether this is the port, or the same device on what the browser takes for another. */
function isSame(port: SerialPort, known: SerialPort): boolean {
  const [a, b] = [port.getInfo(), known.getInfo()];
  return (
    port === known ||
    (a.usbVendorId !== undefined &&
      a.usbVendorId === b.usbVendorId &&
      a.usbProductId === b.usbProductId)
  );
}
