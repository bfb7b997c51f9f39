/** Hands a run on to the history, which opens while the run has long begun. */

import type { Reading } from "@senselm/web";
import type { Recorder } from "../history/store.js";
import type { LiveAnswer } from "./answers.js";

/** Keeps what comes until the history takes it. */
export class Keeper {
  readonly #begun: Promise<Recorder>;
  #recorder: Recorder | null = null;
  #waiting: ((recorder: Recorder) => void)[] = [];

  constructor(begun: Promise<Recorder>) {
    this.#begun = begun.then((recorder) => {
      this.#recorder = recorder;
      for (const hand of this.#waiting.splice(0)) {
        hand(recorder);
      }
      return recorder;
    });
  }

  readings(batch: readonly Reading[]): void {
    this.#hand((recorder) => {
      recorder.readings(batch);
    });
  }

  answers(batch: readonly LiveAnswer[]): void {
    // The windows are in the readings already.
    const kept = batch.map(({ start, end, answer, refused }) => ({ start, end, answer, refused }));
    this.#hand((recorder) => {
      recorder.answers(kept);
    });
  }

  /** Writes what is not written yet. */
  async end(): Promise<void> {
    await (await this.#begun).end();
  }

  #hand(hand: (recorder: Recorder) => void): void {
    if (this.#recorder) {
      hand(this.#recorder);
    } else {
      this.#waiting.push(hand);
    }
  }
}
