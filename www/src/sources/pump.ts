/**
 * The simulated pump. It is a wasm module of its own, which is fetched with this
 * file by who wants a pump.
 */

import type { ChannelInfo, Reading } from "@senselm/web";
import start, { conditions, Pump, sampleRateHz } from "../../../web/wasm/simulate/simulate.js";
// A file of its own, everywhere: the page's policy has no data: addresses.
import address from "../../../web/wasm/simulate/simulate_bg.wasm?url&no-inline";

/** How a pump begins. */
export interface PumpStart {
  /** The same seed gives the same readings: a whole number from 0. */
  seed: number;
  condition: string;
}

let started: Promise<unknown> | undefined;

/** A pump with the sensors of a model. */
export class SimulatedPump {
  /** What it can be put into. */
  readonly conditions: readonly string[] = conditions();
  readonly sampleRateHz = sampleRateHz();
  readonly #pump: Pump;
  readonly #channels: number;
  #read = 0;

  private constructor(pump: Pump, channels: number) {
    this.#pump = pump;
    this.#channels = channels;
  }

  /** Fails where the pump has no such sensors, and where the module does not come. */
  static async open(
    channels: readonly ChannelInfo[],
    { seed, condition }: PumpStart,
  ): Promise<SimulatedPump> {
    started ??= start({ module_or_path: address });
    try {
      await started;
    } catch (error) {
      // Without a network it may come another time.
      started = undefined;
      throw error;
    }
    const names = channels.map(({ name }) => name);
    return new SimulatedPump(new Pump(seed, condition, names), channels.length);
  }

  /** Puts it into another condition, which comes on over some seconds. */
  setCondition(condition: string): void {
    this.#pump.setCondition(condition);
  }

  /** Takes readings, one value per channel, null where a sensor gave nothing. */
  take(count: number): Reading[] {
    const values = this.#pump.readings(count);
    return Array.from({ length: count }, (_, index) => {
      const from = index * this.#channels;
      const row = Array.from(values.subarray(from, from + this.#channels));
      const time_s = this.#read++ / this.sampleRateHz;
      return { values: row.map((value) => (Number.isFinite(value) ? value : null)), time_s };
    });
  }

  /** Gives its memory back. It is not used afterwards. */
  free(): void {
    this.#pump.free();
  }
}
