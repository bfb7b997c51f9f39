/** Hands a run on to the history, which opens while the run has long begun. */

import type { Reading } from "@senselm/web";
import type { Recorder } from "../history/store.js";
import type { LiveAnswer } from "./answers.js";

/** Keeps what comes until the history takes it, and goes on without one. */
export class Keeper {
  readonly #opened: Promise<Recorder | null>;
  #recorder: Recorder | null = null;
  #waiting: ((recorder: Recorder) => void)[] | null = [];

  /** `onFailure` is told why nothing will be kept. */
  constructor(begun: Promise<Recorder>, onFailure: (error: unknown) => void) {
    this.#opened = begun.then(
      (recorder) => {
        this.#recorder = recorder;
        this.#waiting?.forEach((hand) => {
          hand(recorder);
        });
        this.#waiting = null;
        return recorder;
      },
      (error: unknown) => {
        this.#waiting = null;
        onFailure(error);
        return null;
      },
    );
  }

  readings(batch: readonly Reading[]): void {
    this.#hand((recorder) => {
      recorder.readings(batch);
    });
  }

  answers(batch: readonly LiveAnswer[]): void {
    if (batch.length > 0) {
      this.#hand((recorder) => {
        recorder.answers(batch);
      });
    }
  }

  /** Writes what is not written yet. */
  async end(): Promise<void> {
    await (await this.#opened)?.end();
  }

  #hand(hand: (recorder: Recorder) => void): void {
    if (this.#recorder) {
      hand(this.#recorder);
    } else {
      this.#waiting?.push(hand);
    }
  }
}
