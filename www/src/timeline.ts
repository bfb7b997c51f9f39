/** The last windows as two rows: what the pump did, and what the model said. */

import { byId, make } from "./dom.js";
import { percent, words } from "./format.js";
import type { Answered } from "./history.js";
import { hueVariable } from "./palette.js";

export class Timeline {
  readonly #grid = byId("timeline");
  readonly #sub = byId("history-sub");
  readonly #labelIndex: (label: string) => number;
  readonly #columns: number;

  constructor(labelIndex: (label: string) => number, columns: number) {
    this.#labelIndex = labelIndex;
    this.#columns = columns;
    this.show([]);
  }

  show(answered: readonly Answered[]): void {
    const said = (window: Answered) =>
      window.answer.kind === "classification" ? window.answer.label : window.answer.text;
    const injected = answered.map((window) =>
      this.#cell(window.injected, `Pump: ${words(window.injected)}`),
    );
    const answers = answered.map((window) => {
      const sure = window.answer.kind === "text" ? "" : ` (${percent(window.answer.probability)})`;
      return this.#cell(said(window), `Model: ${words(said(window))}${sure}`);
    });
    this.#grid.replaceChildren(this.#row("Pump", injected), this.#row("Model", answers));
    const right = answered.filter((window) => said(window) === window.injected).length;
    if (answered.length > 0) {
      this.#sub.textContent =
        `The model agrees with the simulator on ${right} of the last ${answered.length} windows. ` +
        "A window in which the condition has just changed holds some of both.";
    }
  }

  /** A row that keeps its width while it fills up. */
  #row(name: string, cells: HTMLElement[]): HTMLElement {
    const missing = Array.from({ length: this.#columns - cells.length }, () => {
      return make("span", "cell empty");
    });
    const all = make("div", "cells", ...cells, ...missing);
    return make("div", "row", make("span", "name", name), all);
  }

  #cell(label: string, title: string): HTMLElement {
    const cell = make("span", "cell");
    cell.title = title;
    cell.style.setProperty("--hue", `var(${hueVariable(this.#labelIndex(label))})`);
    return cell;
  }
}
