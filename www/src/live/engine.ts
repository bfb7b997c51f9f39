/**
 * One run: readings from a source, through the model, to answers.
 *
 * It knows no screen. What comes from the source is kept, whatever the model
 * does; what waits is only as much as the model is behind.
 */

import {
  type Fits,
  type Reading,
  type ReadingStream,
  type SenseLM,
  SenseLMError,
} from "@senselm/web";
import type {
  Source,
  SourceMessage,
  SourceProblem,
  SourceSink,
  SourceState,
} from "../sources/source.js";
import { Answers } from "./answers.js";
import type { Keeper } from "./keeper.js";
import { Queue } from "./queue.js";
import { Silence } from "./silence.js";
import { Rate } from "./statistics.js";
import { Trace } from "./trace.js";

/** How many readings the charts can look back. */
const REMEMBERED = 6000;
/** How many values of all channels together they may hold. */
const MOST_VALUES = 400_000;
/** The latest problems that are kept to be shown. */
const PROBLEMS = 20;

/** How often it is asked whether the source fits the model. */
const LOOK_MS = 1000;

/** What a run needs. */
export interface Parts {
  model: SenseLM;
  source: Source;
  keeper: Keeper;
  /** Called whenever something is new. It may be called very often. */
  onChange: () => void;
}

/** Something that could not be used, and how often it came. */
export interface Problem {
  /** What is wrong: a message of the source, or the model's own words. */
  message: SourceMessage | string;
  /** The beginning of what arrived; may be empty. */
  sample: string;
  count: number;
}

export class Engine {
  readonly model: SenseLM;
  readonly source: Source;
  readonly trace: Trace;
  readonly answers: Answers;
  readonly queue = new Queue();
  readonly readingRate = new Rate();
  readonly silence: Silence;
  state: SourceState = { kind: "connecting" };
  /** When a source that waits will try again. */
  retryAt: number | null = null;
  received = 0;
  /** Readings that a gap left without any window. */
  dropped = 0;
  gaps = 0;
  unusable = 0;
  readonly problems: Problem[] = [];
  /** Whether the latest windows are of the kind that the model was trained on. */
  fits: Fits | null = null;
  /** Why the model does not answer any more. */
  failure: string | null = null;

  readonly #keeper: Keeper;
  readonly #onChange: () => void;
  readonly #stream: Promise<ReadingStream>;
  /** From which reading on the simulator was in which condition. */
  readonly #conditions: { from: number; condition: string }[] = [];
  /** Since when the readings that the model works on have waited. */
  #workingSince: number | null = null;
  #working = 0;
  #serving: Promise<void> = Promise.resolve();
  #ended = false;
  #looked = -LOOK_MS;

  constructor({ model, source, keeper, onChange }: Parts) {
    this.model = model;
    this.source = source;
    this.#keeper = keeper;
    this.#onChange = onChange;
    const { channels, max_samples } = model.info;
    const capacity = Math.min(REMEMBERED, Math.ceil(MOST_VALUES / Math.max(channels.length, 1)));
    this.trace = new Trace(channels.length, capacity, channels[0]?.sample_rate_hz ?? null);
    this.silence = new Silence(channels[0]?.sample_rate_hz ?? null);
    this.answers = new Answers(channels.length * max_samples);
    this.#stream = model.openStream();
    this.#stream.catch((error: unknown) => {
      this.#fail(error);
    });
  }

  /** Opens the source. */
  open(): void {
    const sink: SourceSink = {
      readings: (batch) => {
        this.#receive(batch);
      },
      gap: () => {
        this.queue.break();
        this.trace.interrupt();
      },
      state: (state) => {
        this.#setState(state);
      },
      problem: (problem) => {
        this.#report(problem);
      },
    };
    this.source.open(this.model.info.channels, sink);
  }

  /** Ends the run: what was received and answered is kept. */
  async close(): Promise<void> {
    this.#ended = true;
    await Promise.allSettled([this.source.close(), this.#serving]);
    // What was under way is answered, and written down with the rest.
    const freed = this.#stream.then((stream) => stream.close());
    await Promise.allSettled([this.#keeper.end(), freed]);
  }

  /** Says in which condition the simulated readings are from now on. */
  simulates(condition: string): void {
    this.#conditions.push({ from: this.received, condition });
  }

  /** How many readings wait for the model, and for how long the oldest has. */
  lag(now: number): { readings: number; ms: number } {
    const since = this.#workingSince ?? this.queue.since;
    return {
      readings: this.queue.size + this.#working,
      ms: since === null ? 0 : now - since,
    };
  }

  #receive(batch: readonly Reading[]): void {
    if (this.#ended || batch.length === 0) {
      return;
    }
    const now = performance.now();
    this.received += batch.length;
    this.readingRate.add(batch.length, now);
    this.silence.hear(now);
    this.trace.add(batch, now / 1000);
    this.#keeper.readings(batch);
    if (this.failure === null) {
      this.queue.add(batch, now);
      if (this.#workingSince === null) {
        this.#serving = this.#serve();
      }
    }
    this.#onChange();
  }

  /** Has the model answer until nothing waits. Only one such loop runs. */
  async #serve(): Promise<void> {
    try {
      this.#workingSince = this.queue.since;
      const stream = await this.#stream;
      while (this.queue.size > 0 && !this.#ended) {
        this.#workingSince = this.queue.since;
        await this.#push(stream);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#workingSince = null;
      this.#working = 0;
      this.#onChange();
    }
  }

  async #push(stream: ReadingStream): Promise<void> {
    // Few windows at a time, so that the first answers do not wait for the last.
    const { readings, afterBreak } = this.queue.take(Math.max(this.model.info.max_samples, 1));
    this.#working = readings.length;
    if (afterBreak) {
      this.dropped += await stream.reset();
    }
    try {
      const step = await stream.push(readings);
      const now = performance.now();
      // No answer is seen before it is known whether it means anything.
      if (step.answered.length > 0 && now - this.#looked >= LOOK_MS) {
        this.#looked = now;
        this.fits = await stream.fits();
      }
      this.dropped += step.dropped;
      this.gaps += step.gaps;
      const simulated = (end: number) => this.#conditionAt(end);
      const added = this.answers.add(step.answered, simulated, performance.now());
      this.#keeper.answers(added);
    } catch (error) {
      if (!(error instanceof SenseLMError) || error.code !== "bad_input") {
        throw error;
      }
      this.#report({ message: error.message, sample: "", count: readings.length });
    }
    this.#onChange();
  }

  #conditionAt(end: number): string | null {
    return this.#conditions.findLast(({ from }) => from < end)?.condition ?? null;
  }

  #setState(state: SourceState): void {
    if (this.#ended) {
      return;
    }
    if (state.kind === "open" && this.state.kind !== "open") {
      this.silence.listen(performance.now());
    }
    this.state = state;
    const wait = state.kind === "waiting" ? state.retryInMs : null;
    this.retryAt = wait === null ? null : performance.now() + wait;
    this.#onChange();
  }

  #report({ message, sample, count }: Problem | SourceProblem): void {
    this.unusable += count;
    const same = JSON.stringify(message);
    const known = this.problems.find((problem) => JSON.stringify(problem.message) === same);
    if (known) {
      known.count += count;
      known.sample = sample;
    } else {
      this.problems.push({ message, sample, count });
      this.problems.splice(0, this.problems.length - PROBLEMS);
    }
    this.#onChange();
  }

  #fail(error: unknown): void {
    // Whoever closes a model has another one, and this run ends with it.
    const isClosed = error instanceof SenseLMError && error.code === "closed";
    if (this.#ended || this.failure !== null || isClosed) {
      return;
    }
    this.failure = error instanceof Error ? error.message : String(error);
    this.#onChange();
  }
}
