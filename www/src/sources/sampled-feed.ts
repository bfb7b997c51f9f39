/** A sampler that the clock drives, between a source and where it delivers to. */

import type { ChannelInfo } from "@senselm/web";
import { Sampler, sampleRateOf } from "./sampler.js";
import type { Spoken } from "./reader.js";
import type { SourceSink } from "./source.js";

/** Often enough that a reading is not late, and not more often than that. */
const SHORTEST_BEAT_MS = 20;
const LONGEST_BEAT_MS = 250;

/** Seconds since 1970 that never jump, whatever happens to the device's clock. */
export function now(): number {
  return (performance.timeOrigin + performance.now()) / 1000;
}

/** Joins values of single channels to readings at the model's rate. */
export class SampledFeed {
  readonly #sampler: Sampler;
  readonly #beatMs: number;
  /** Whose clock counts, which the first value decides. */
  #clock: "device" | "arrival" | null = null;
  #deviceS = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(channels: readonly ChannelInfo[], maxAgeS: number, sink: SourceSink) {
    const rateHz = sampleRateOf(channels);
    this.#sampler = new Sampler(
      channels.length,
      // Values that come once a period must not be too old before the next one.
      { rateHz, maxAgeS: Math.max(maxAgeS, 1.5 / rateHz) },
      (readings) => {
        sink.readings(readings);
      },
      () => {
        sink.gap();
      },
    );
    this.#beatMs = Math.min(Math.max(500 / rateHz, SHORTEST_BEAT_MS), LONGEST_BEAT_MS);
  }

  /** Whether a value has come. */
  get isRunning(): boolean {
    return this.#clock !== null;
  }

  /** The values of the channels that a reading speaks of. */
  take({ reading, named }: Spoken): void {
    reading.values.forEach((value, channel) => {
      if (named[channel]) {
        this.put(channel, value, reading.time_s);
      }
    });
  }

  /** A value of a channel, with the time that its device gives, if it does. */
  put(channel: number, value: number | null, timeS: number | null = null): void {
    this.#clock ??= timeS === null ? "arrival" : "device";
    if (this.#clock === "device") {
      this.#deviceS = timeS ?? this.#deviceS;
      this.#sampler.put(channel, value, this.#deviceS);
    } else {
      this.#sampler.put(channel, value, now());
      this.#timer ??= setInterval(() => {
        this.#sampler.advance(now());
      }, this.#beatMs);
    }
  }

  /** Takes no more readings. */
  stop(): void {
    clearInterval(this.#timer);
  }
}
