/** The simulated pump of a model, with a tap: it can stand still, and begins in the middle. */

import type { SenseLM } from "@senselm/web";
import type { PumpModel } from "../sources/simulator.js";

/** What a pump tells when it starts. */
type Description = Awaited<ReturnType<PumpModel["pump"]>>;

export class Tap implements PumpModel {
  /** Whether no readings come out. */
  closed = false;
  readonly #model: SenseLM;
  #ahead: number;

  /** `ahead` readings come at once, so that there is something to see. */
  constructor(model: SenseLM, ahead: number) {
    this.#model = model;
    this.#ahead = ahead;
  }

  pump(options: { seed: number; condition: string }): Promise<Description> {
    return this.#model.pump(options);
  }

  pumpReadings(count: number): ReturnType<PumpModel["pumpReadings"]> {
    if (this.closed) {
      return Promise.resolve([]);
    }
    const ahead = this.#ahead;
    this.#ahead = 0;
    return this.#model.pumpReadings(count + ahead);
  }

  pumpCondition(condition: string): Promise<void> {
    return this.#model.pumpCondition(condition);
  }
}
