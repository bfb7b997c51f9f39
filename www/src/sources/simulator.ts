/** The simulated pump as a source: readings as fast as the clock and a factor say. */

import type { ChannelInfo } from "@senselm/web";
import type { PumpStart, SimulatedPump } from "./pump.js";
import { message, type Source, type SourceSink } from "./source.js";

/** How many times faster than the clock a simulated pump may run. */
export const SPEEDS = [1, 10, 60] as const;
export type Speed = (typeof SPEEDS)[number];

/** How a simulated pump begins. */
export interface SimulatorSettings extends PumpStart {
  speed: Speed;
  /** Readings that come at once, so that there is something to see. */
  ahead: number;
}

/** How often readings are taken. */
const BEAT_MS = 100;
/** The longest pause that is made up for, so that a tab that slept does not flood. */
const LATE_MS = 500;

/**
 * What a pump with the sensors of these channels can be put into. Fails where
 * there is none.
 */
export async function conditionsFor(
  channels: readonly ChannelInfo[],
  start: PumpStart,
): Promise<readonly string[]> {
  const pump = await open(channels, start);
  pump.free();
  return pump.conditions;
}

async function open(channels: readonly ChannelInfo[], start: PumpStart): Promise<SimulatedPump> {
  const { SimulatedPump } = await import("./pump.js");
  return SimulatedPump.open(channels, start);
}

export class SimulatorSource implements Source {
  readonly kind = "simulator";
  /** May be changed at any time. */
  speed: Speed;
  /** Whether it stands still: no readings come. May be changed at any time. */
  still = false;
  readonly #seed: number;
  #condition: string;
  #ahead: number;
  #pump: SimulatedPump | null = null;
  #sink: SourceSink | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastMs = 0;
  #owed = 0;

  constructor(settings: SimulatorSettings) {
    this.#seed = settings.seed;
    this.#condition = settings.condition;
    this.#ahead = settings.ahead;
    this.speed = settings.speed;
  }

  /** Puts the pump into another condition, from its next reading on. */
  setCondition(condition: string): void {
    this.#pump?.setCondition(condition);
    this.#condition = condition;
  }

  open(channels: readonly ChannelInfo[], sink: SourceSink): void {
    this.#sink = sink;
    sink.state({ kind: "connecting" });
    void this.#begin(channels);
  }

  close(): Promise<void> {
    const sink = this.#sink;
    this.#end();
    sink?.state({ kind: "closed" });
    return Promise.resolve();
  }

  async #begin(channels: readonly ChannelInfo[]): Promise<void> {
    let pump: SimulatedPump;
    try {
      pump = await open(channels, { seed: this.#seed, condition: this.#condition });
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (!this.#sink) {
      // It was closed meanwhile.
      pump.free();
      return;
    }
    this.#pump = pump;
    this.#sink.state({ kind: "open" });
    this.#lastMs = performance.now();
    // The first reading is there at once: who has just come waits for an answer.
    this.#owed = 1;
    this.#beat(pump);
  }

  #beat(pump: SimulatedPump): void {
    const nowMs = performance.now();
    const passedMs = Math.min(nowMs - this.#lastMs, LATE_MS);
    this.#lastMs = nowMs;
    this.#owed += (passedMs / 1000) * pump.sampleRateHz * this.speed;
    const due = Math.floor(this.#owed);
    this.#owed -= due;
    try {
      if (due > 0 && !this.still) {
        const count = due + this.#ahead;
        this.#ahead = 0;
        this.#sink?.readings(pump.take(count));
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#timer = setTimeout(() => {
      this.#beat(pump);
    }, BEAT_MS);
  }

  #fail(error: unknown): void {
    const sink = this.#sink;
    this.#end();
    const reason = error instanceof Error ? error.message : String(error);
    sink?.state({ kind: "failed", reason: message("sources.simulator_failed", { reason }) });
  }

  #end(): void {
    this.#sink = null;
    clearTimeout(this.#timer);
    this.#pump?.free();
    this.#pump = null;
  }
}
