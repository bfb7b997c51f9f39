/** Which source is connected, and what the simulator is told to do. */

import type { SenseLM } from "@senselm/web";
import { keep, kept } from "../app/storage.js";
import { conditionsFor, SimulatorSource, type Speed } from "../sources/simulator.js";
import type { Source, SourceKind } from "../sources/source.js";
import { run } from "./run.svelte.js";
import { remembered } from "./settings.js";

const SEED = 20;
/** Windows that are there from the start. */
const AHEAD = 3;
/** Whether a source of the user's own was connected when the page was left. */
const KEY = "live.connected";

class Connection {
  #simulator: SimulatorSource | null = null;
  /** Whether the user chose something other than the simulation. */
  #isReal = false;
  #make: () => void = () => undefined;
  /** The model whose pump the conditions are of. */
  #model = $state.raw<SenseLM | null>(null);
  #conditions = $state.raw<readonly string[]>([]);
  #condition = $state("");
  #speed = $state<Speed>(10);
  /** The source of the visit before, where it waits for the user. */
  #waiting = $state.raw<SourceKind | null>(null);

  /** What the simulated pump can be made to do; empty where the model knows no pump. */
  get conditions(): readonly string[] {
    return this.#conditions;
  }

  /** What it does now. */
  get condition(): string {
    return this.#condition;
  }

  /** How many times faster than real time it runs. */
  get speed(): Speed {
    return this.#speed;
  }

  /**
   * What was connected when the page was left, where only the user can connect it again:
   * the browser asks for a tap, or a password was not to be kept.
   */
  get waiting(): SourceKind | null {
    return this.#waiting;
  }

  /**
   * Goes on with the source of the visit before; where there was none, starts the
   * simulated pump that the model was trained on, if there is one.
   */
  async begin(model: SenseLM): Promise<void> {
    // What reads no sensors has no source: neither a pump nor what was connected before.
    if (model.info.channels.length === 0) {
      return;
    }
    const settings = remembered();
    if (!this.#isReal && kept(KEY) !== null && settings.kind !== "simulator") {
      this.#isReal = true;
      const { make } = await import("./make.js");
      const { kind, ...others } = settings;
      this.#make = () => {
        this.connect(() => make({ kind, ...others }));
      };
      const { username, password } = settings.mqtt;
      if (kind === "mqtt" && (username === "" || password !== "")) {
        this.#make();
      } else {
        this.#waiting = kind;
      }
    }
    if (model !== this.#model) {
      this.#model = model;
      this.#conditions = [];
      const condition = model.info.task?.labels?.[0] ?? "normal";
      try {
        const conditions = await conditionsFor(model.info.channels, { seed: SEED, condition });
        if (model === this.#model) {
          this.#conditions = conditions;
          this.#condition = condition;
        }
      } catch {
        // The model is of something else; the user connects a source.
      }
    }
    // Whoever had a sensor connected does not want to see a simulation in its place.
    if (model === this.#model && this.#conditions.length > 0 && !run.engine && !this.#isReal) {
      this.simulator(model);
    }
  }

  /** Connects the simulated pump. */
  simulator(model: SenseLM): void {
    this.#isReal = false;
    this.#waiting = null;
    keep(KEY, null);
    this.#make = () => {
      const [condition, speed] = [this.#condition, this.#speed];
      const ahead = model.info.max_samples * AHEAD;
      this.#simulator = new SimulatorSource({ seed: SEED, condition, speed, ahead });
      run.start(this.#simulator, condition);
    };
    this.#make();
  }

  /** Connects a source. Called while a click is handled, as some ask the user. */
  connect(make: () => Source): void {
    this.#isReal = true;
    this.#waiting = null;
    keep(KEY, "yes");
    this.#make = () => {
      this.#simulator = null;
      run.start(make());
    };
    this.#make();
  }

  /** Connects the same source anew. */
  again(): void {
    this.#make();
  }

  /** Lets go of the source; nothing takes its place. */
  disconnect(): void {
    this.#isReal = true;
    this.#simulator = null;
    keep(KEY, null);
    run.end();
  }

  /** Puts the simulated pump into another condition. */
  simulate(condition: string): void {
    this.#condition = condition;
    this.#simulator?.setCondition(condition);
    run.engine?.simulates(condition);
  }

  setSpeed(speed: Speed): void {
    this.#speed = speed;
    if (this.#simulator) {
      this.#simulator.speed = speed;
    }
  }

  /** A simulation stands still; what real sensors say goes on unseen. */
  freeze(frozen: boolean): void {
    run.freeze(frozen);
    if (this.#simulator) {
      this.#simulator.still = frozen;
    }
  }
}

/** The connection of the live view. */
export const connection = new Connection();
