/** Runs the simulated pump against the clock and hands its steps on. */

import type { PumpStep, SenseLM } from "@senselm/web";

/** How often readings are taken, in milliseconds. */
const BEAT_MS = 100;
/** The longest pause that is made up for, so that a sleeping tab does not flood. */
const LATE_MS = 500;

export class Monitor {
  readonly #model: SenseLM;
  readonly #rate: number;
  readonly #onStep: (step: PumpStep) => void;
  readonly #onError: (error: unknown) => void;
  /** How many times faster than real time. */
  speed = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = 0;
  #owed = 0;

  constructor(
    model: SenseLM,
    rate: number,
    onStep: (step: PumpStep) => void,
    onError: (error: unknown) => void,
  ) {
    this.#model = model;
    this.#rate = rate;
    this.#onStep = onStep;
    this.#onError = onError;
  }

  get running(): boolean {
    return this.#timer !== undefined;
  }

  start(): void {
    this.#last = performance.now();
    this.#schedule();
  }

  pause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Takes readings at once, so that there is something to see. */
  async skip(readings: number): Promise<void> {
    this.#onStep(await this.#model.pumpStep(readings));
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      void this.#beat();
    }, BEAT_MS);
  }

  async #beat(): Promise<void> {
    const now = performance.now();
    this.#owed += (Math.min(now - this.#last, LATE_MS) / 1000) * this.#rate * this.speed;
    this.#last = now;
    const readings = Math.floor(this.#owed);
    this.#owed -= readings;
    try {
      if (readings > 0) {
        this.#onStep(await this.#model.pumpStep(readings));
      }
      if (this.running) {
        this.#schedule();
      }
    } catch (error) {
      this.pause();
      this.#onError(error);
    }
  }
}
