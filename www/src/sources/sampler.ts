/**
 * Values that come at their own times, channel by channel, become readings at
 * regular times: each channel holds its latest value until it is too old.
 */

import type { ChannelInfo } from "@senselm/web";
import type { Reading } from "./source.js";

/** How readings are taken. Times are in seconds, of whatever clock the caller has. */
export interface Sampling {
  rateHz: number;
  /** A value that is older than this is no value any more. */
  maxAgeS: number;
}

/** Readings a second where a model does not say how many it is used to. */
const DEFAULT_RATE_HZ = 1;
/** What is made up for after silence; a longer one is a gap. */
const LONGEST_PAUSE_S = 5;

/** How many readings a second a model wants. */
export function sampleRateOf(channels: readonly ChannelInfo[]): number {
  const rates = channels.flatMap(({ sample_rate_hz: rate }) => (rate && rate > 0 ? [rate] : []));
  return rates.length > 0 ? Math.max(...rates) : DEFAULT_RATE_HZ;
}

/** Sample and hold over some channels. */
export class Sampler {
  readonly #sampling: Sampling;
  readonly #emit: (readings: Reading[]) => void;
  readonly #gap: () => void;
  readonly #values: (number | null)[];
  readonly #times: (number | null)[];
  #firstS: number | null = null;
  /** Instants are counted from here, so that rounding does not add up. */
  #originS: number | null = null;
  #taken = 0;
  #hadGap = false;

  /** `gap` is told where no reading was taken for so long that a window should end. */
  constructor(
    channels: number,
    sampling: Sampling,
    emit: (readings: Reading[]) => void,
    gap: () => void,
  ) {
    this.#sampling = sampling;
    this.#emit = emit;
    this.#gap = gap;
    this.#values = Array.from({ length: channels }, () => null);
    this.#times = Array.from({ length: channels }, () => null);
  }

  /** A channel's value at a time. What was due before is taken without it. */
  put(channel: number, value: number | null, timeS: number): void {
    if (!Number.isFinite(timeS) || channel >= this.#values.length) {
      return;
    }
    const latest = this.#times[channel] ?? null;
    if (latest !== null && timeS < latest) {
      if (latest - timeS < LONGEST_PAUSE_S) {
        return;
      }
      // The device's clock was set, or the device started anew.
      this.#restart(timeS);
    }
    this.#firstS ??= timeS;
    // Values of one moment come one after the other: half a period passes before
    // the moment is over.
    this.advance(timeS - 0.5 / this.#sampling.rateHz);
    this.#values[channel] = value;
    this.#times[channel] = timeS;
  }

  /** Takes the readings that are due at a time. */
  advance(nowS: number): void {
    const { rateHz } = this.#sampling;
    this.#begin(nowS);
    if (this.#originS === null || !Number.isFinite(nowS)) {
      return;
    }
    const due = Math.floor((nowS - this.#originS) * rateHz + 1e-6) + 1;
    if (due - this.#taken > Math.max(LONGEST_PAUSE_S, this.#sampling.maxAgeS) * rateHz + 1) {
      this.#restart(nowS);
      return;
    }
    const readings: Reading[] = [];
    for (; this.#taken < due; this.#taken += 1) {
      const reading = this.#at(this.#originS + this.#taken / rateHz);
      // Nothing is known of any channel: that is silence, not a reading.
      if (reading.values.every((value) => value === null)) {
        this.#silence();
      } else {
        this.#hadGap = false;
        readings.push(reading);
      }
    }
    if (readings.length > 0) {
      this.#emit(readings);
    }
  }

  /** The first reading waits until every channel is known, but not forever. */
  #begin(nowS: number): void {
    if (this.#originS !== null || this.#firstS === null) {
      return;
    }
    const times = this.#times.filter((time) => time !== null);
    const areKnown = times.length === this.#times.length;
    if (areKnown || nowS - this.#firstS > this.#sampling.maxAgeS) {
      this.#originS = Math.max(this.#firstS, ...times);
      this.#taken = 0;
    }
  }

  #restart(nowS: number): void {
    this.#silence();
    this.#originS = null;
    this.#firstS = nowS;
    this.#times.fill(null);
    this.#values.fill(null);
  }

  #silence(): void {
    if (!this.#hadGap) {
      this.#hadGap = true;
      this.#gap();
    }
  }

  #at(timeS: number): Reading {
    const values = this.#values.map((value, channel) => {
      const taken = this.#times[channel] ?? null;
      return taken !== null && timeS - taken <= this.#sampling.maxAgeS ? value : null;
    });
    return { values, time_s: timeS };
  }
}
