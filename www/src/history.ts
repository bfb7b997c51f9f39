/** The readings that the charts show, and the windows that were answered. */

import type { PumpAnswer, PumpStep } from "@senselm/web";

/** An answered window, with what the pump was really doing at its end. */
export interface Answered extends PumpAnswer {
  injected: string;
}

/** A bounded memory of a stream. */
export class History {
  /** Readings of each channel, oldest first; null where one is missing. */
  readonly channels: (number | null)[][];
  /** The latest windows, oldest first. */
  readonly answered: Answered[] = [];
  /** The index of the oldest reading since the stream began. */
  start = 0;

  readonly #readings: number;
  readonly #windows: number;

  constructor(channels: number, readings: number, windows: number) {
    this.channels = Array.from({ length: channels }, () => []);
    this.#readings = readings;
    this.#windows = windows;
  }

  add(step: PumpStep, injected: string): void {
    this.channels.forEach((kept, index) => {
      kept.push(...(step.channels[index] ?? []));
    });
    const excess = this.length - this.#readings;
    if (excess > 0) {
      for (const kept of this.channels) {
        kept.splice(0, excess);
      }
      this.start += excess;
    }
    this.answered.push(...step.answers.map((answer) => ({ ...answer, injected })));
    this.answered.splice(0, this.answered.length - this.#windows);
  }

  get length(): number {
    return this.channels[0]?.length ?? 0;
  }

  /** The latest reading that is not missing. */
  latest(channel: number): number | null {
    return this.channels[channel]?.findLast((value) => value !== null) ?? null;
  }
}
