/**
 * The run that is going on, as the views read it. It outlives the live view, so
 * that looking at something else loses nothing.
 */

import { busy } from "../app/busy.svelte.js";
import { begin } from "../history/store.js";
import { active } from "../models/active.svelte.js";
import type { Source } from "../sources/source.js";
import { Engine } from "./engine.js";
import { Frames } from "./frames.js";
import { Keeper } from "./keeper.js";
import { type Figures, look, measure, NO_FIGURES, NOTHING, type View } from "./view.js";

/** How often figures change on the screen: numbers that flicker are not read. */
const FIGURES_MS = 300;

class Run {
  #engine = $state.raw<Engine | null>(null);
  #view = $state.raw<View>(NOTHING);
  #figures = $state.raw<Figures>(NO_FIGURES);
  #frozen = $state(false);
  #frames = new Frames(() => {
    this.#show();
  });
  #timer: ReturnType<typeof setInterval> | undefined;
  #release: () => void = () => undefined;
  #hasNews = false;

  constructor() {
    $effect.root(() => {
      $effect(() => {
        // A run ends with its model.
        if (this.#engine && active.model !== this.#engine.model) {
          this.end();
        }
      });
    });
  }

  /** What runs, or null. */
  get engine(): Engine | null {
    return this.#engine;
  }

  get view(): View {
    return this.#view;
  }

  get figures(): Figures {
    return this.#figures;
  }

  /** Whether the view stands still; what arrives is kept and answered all the same. */
  get frozen(): boolean {
    return this.#frozen;
  }

  /**
   * Ends what runs and begins with a source. It awaits nothing: a source that
   * asks the user has to be opened while a click is handled.
   */
  start(source: Source, condition: string | null = null): void {
    const { model } = active;
    this.end();
    if (!model) {
      return;
    }
    const { channels } = model.info;
    const keeper = new Keeper(begin({ model: active.name, source: source.kind, channels }));
    const engine = new Engine({
      model,
      source,
      keeper,
      onChange: () => {
        this.#hasNews = true;
        this.#frames.request();
      },
    });
    this.#engine = engine;
    if (condition !== null) {
      engine.simulates(condition);
    } else {
      // A simulated run is no loss; what a sensor says may be.
      this.#release = busy.hold();
    }
    this.#timer = setInterval(() => {
      this.#tick();
    }, FIGURES_MS);
    this.#tick();
    this.#frames.request();
    engine.open();
  }

  /** Ends what runs. What it received and answered stays in the history. */
  end(): void {
    const engine = this.#engine;
    if (!engine) {
      return;
    }
    clearInterval(this.#timer);
    this.#frames.stop();
    this.#release();
    this.#release = () => undefined;
    this.#engine = null;
    this.#view = NOTHING;
    this.#figures = NO_FIGURES;
    this.#frozen = false;
    void engine.close();
  }

  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    this.#hasNews = true;
    this.#frames.request();
  }

  #show(): void {
    if (this.#engine && this.#hasNews && !this.#frozen) {
      this.#hasNews = false;
      this.#view = look(this.#engine, performance.now());
    }
  }

  /** Figures, and the countdown of a source that is lost. */
  #tick(): void {
    if (this.#engine) {
      this.#figures = measure(this.#engine, performance.now());
      if (this.#engine.retryAt !== null) {
        this.#hasNews = true;
        this.#frames.request();
      }
    }
  }
}

/** The run that is going on. */
export const run = new Run();
