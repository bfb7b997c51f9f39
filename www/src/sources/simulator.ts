/** The bundled pump, which gives readings as fast as the clock and a factor say. */

import type { ChannelInfo } from "@senselm/web";
import { message, type Reading, type Source, type SourceSink } from "./source.js";

/** What the simulator takes from a model; a loaded model has it. */
export interface PumpModel {
  pump(options: { seed: number; condition: string }): Promise<{
    conditions: string[];
    sample_rate_hz: number;
  }>;
  pumpReadings(count: number): Promise<Reading[]>;
  pumpCondition(condition: string): Promise<void>;
}

/** How many times faster than the clock a simulated pump may run. */
export const SPEEDS = [1, 10, 60] as const;
export type Speed = (typeof SPEEDS)[number];

/** How a simulated pump begins. */
export interface SimulatorSettings {
  seed: number;
  condition: string;
  speed: Speed;
}

export const SIMULATOR_DEFAULTS: SimulatorSettings = { seed: 1, condition: "normal", speed: 10 };

/** How often readings are taken. */
const BEAT_MS = 100;
/** The longest pause that is made up for, so that a tab that slept does not flood. */
const LATE_MS = 500;

export class SimulatorSource implements Source {
  readonly kind = "simulator";
  /** May be changed at any time. */
  speed: Speed;
  readonly #model: PumpModel;
  readonly #seed: number;
  #condition: string;
  #conditions: readonly string[] = [];
  #rateHz = 0;
  #sink: SourceSink | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastMs = 0;
  #owed = 0;

  constructor(model: PumpModel, settings: SimulatorSettings = SIMULATOR_DEFAULTS) {
    this.#model = model;
    this.#seed = settings.seed;
    this.#condition = settings.condition;
    this.speed = settings.speed;
  }

  /** What the pump can suffer from; known once the source is open. */
  get conditions(): readonly string[] {
    return this.#conditions;
  }

  /** What the pump suffers from at present. */
  get condition(): string {
    return this.#condition;
  }

  /** Puts the pump into another condition, from its next reading on. */
  async setCondition(condition: string): Promise<void> {
    await this.#model.pumpCondition(condition);
    this.#condition = condition;
  }

  open(_channels: readonly ChannelInfo[], sink: SourceSink): void {
    this.#sink = sink;
    sink.state({ kind: "connecting" });
    void this.#begin();
  }

  close(): Promise<void> {
    const sink = this.#sink;
    this.#sink = null;
    clearTimeout(this.#timer);
    sink?.state({ kind: "closed" });
    return Promise.resolve();
  }

  async #begin(): Promise<void> {
    try {
      const start = { seed: this.#seed, condition: this.#condition };
      const { conditions, sample_rate_hz } = await this.#model.pump(start);
      this.#conditions = conditions;
      this.#rateHz = sample_rate_hz;
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#sink?.state({ kind: "open" });
    this.#lastMs = performance.now();
    // The first reading is there at once: who has just come waits for an answer.
    this.#owed = 1;
    void this.#beat();
  }

  #schedule(): void {
    if (this.#sink) {
      this.#timer = setTimeout(() => {
        void this.#beat();
      }, BEAT_MS);
    }
  }

  async #beat(): Promise<void> {
    const nowMs = performance.now();
    const passedMs = Math.min(nowMs - this.#lastMs, LATE_MS);
    this.#lastMs = nowMs;
    this.#owed += (passedMs / 1000) * this.#rateHz * this.speed;
    const count = Math.floor(this.#owed);
    this.#owed -= count;
    try {
      const readings = count > 0 ? await this.#model.pumpReadings(count) : [];
      if (readings.length > 0) {
        this.#sink?.readings(readings);
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#schedule();
  }

  #fail(error: unknown): void {
    const sink = this.#sink;
    this.#sink = null;
    const reason = error instanceof Error ? error.message : String(error);
    sink?.state({ kind: "failed", reason: message("sources.simulator_failed", { reason }) });
  }
}
