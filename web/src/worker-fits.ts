/**
 * Whether what a worker reads is of the kind that its model was trained on: a module of
 * its own looks at the windows, and is fetched with the first of them.
 */

import * as fits from "../wasm/fits/fits.js";
import { DownloadError } from "./errors.js";
import type { Fits } from "./fits.js";
import type { Info } from "./info.js";
import type { Runtime } from "./runtime.js";

type Session = Runtime["Session"]["prototype"];

/** A window as the runtime gives it. */
interface GivenWindow {
  readonly channels: readonly (readonly (number | null)[])[];
}

let loading: Promise<unknown> | undefined;

/** The windows of a recording, or the latest ones of a stream. */
export class Windows {
  readonly #windows: fits.Windows;

  private constructor(windows: fits.Windows) {
    this.#windows = windows;
  }

  /** None so far; `address` is where the module is. */
  static async open(address: URL, model: Session, lately: boolean): Promise<Windows> {
    loading ??= fits.default({ module_or_path: address });
    try {
      await loading;
    } catch (error) {
      loading = undefined;
      const message = `${address.href} cannot be had: check that it is served beside the page`;
      throw new DownloadError("bad_download", message, { cause: error });
    }
    const { channels } = model.info() as Info;
    const names = channels.map(({ name }) => name);
    const units = channels.map(({ unit }) => unit);
    return new Windows(new fits.Windows(names, units, model.profile(), lately));
  }

  /** Takes a window, and how many seconds it covers. */
  push({ channels }: GivenWindow, span_s: number | null = null): void {
    const lengths = Uint32Array.from(channels, ({ length }) => length);
    const samples = new Float64Array(lengths.reduce((sum, length) => sum + length, 0));
    let at = 0;
    for (const channel of channels) {
      for (const sample of channel) {
        samples[at++] = sample ?? NaN;
      }
    }
    this.#windows.push(samples, lengths, span_s ?? NaN);
  }

  /** What is said of the windows so far. */
  fits(stated: object): Fits {
    return JSON.parse(this.#windows.fits(JSON.stringify(stated))) as Fits;
  }

  /** Gives its memory back. */
  free(): void {
    this.#windows.free();
  }
}
