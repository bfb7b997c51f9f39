/** The latest answer: its label, every probability, and how it came about. */

import type { Answer } from "@senselm/web";
import { byId, make } from "./dom.js";
import { median, milliseconds, percent, words } from "./format.js";
import { hueVariable } from "./palette.js";

/** Over how many answers times are summarised. */
const REMEMBERED = 50;

export class Verdict {
  readonly #label = byId("verdict-label");
  readonly #confidence = byId("verdict-confidence");
  readonly #tiles = byId("tiles");
  readonly #rows = new Map<string, { fill: HTMLElement; value: HTMLElement; row: HTMLElement }>();
  readonly #times: number[] = [];

  constructor(labels: readonly string[]) {
    const list = byId("bars");
    labels.forEach((label, index) => {
      const fill = make("div", "fill");
      fill.style.setProperty("--hue", `var(${hueVariable(index)})`);
      const value = make("span", "percent", "–");
      const track = make("div", "track", fill);
      const row = make("li", "bar", make("span", "name", words(label)), track, value);
      list.append(row);
      this.#rows.set(label, { fill, value, row });
    });
  }

  show(answer: Answer): void {
    this.#times.push(answer.timings.total_ms);
    this.#times.splice(0, this.#times.length - REMEMBERED);
    const said = answer.kind === "classification" ? words(answer.label) : answer.text;
    if (this.#label.textContent !== said) {
      this.#label.textContent = said;
    }
    if (answer.kind !== "text") {
      this.#confidence.textContent = `${percent(answer.probability)} sure`;
    }
    if (answer.kind === "classification") {
      for (const { label, probability } of answer.probabilities) {
        const row = this.#rows.get(label);
        row?.fill.style.setProperty("--share", probability.toFixed(4));
        row?.row.classList.toggle("best", label === answer.label);
        if (row) {
          row.value.textContent = percent(probability);
        }
      }
    }
    const { timings, anomaly } = answer;
    this.#tiles.replaceChildren(
      tile(
        "Answer time",
        milliseconds(timings.total_ms),
        `median ${milliseconds(median(this.#times))}`,
      ),
      tile(
        "Anomaly score",
        anomaly === null ? "–" : anomaly.toFixed(2),
        "nats a token, higher is stranger",
      ),
      tile("Prompt", `${timings.prompt_tokens} tokens`, `${timings.cached_tokens} of them cached`),
    );
  }
}

function tile(name: string, value: string, note: string): HTMLElement {
  const figure = make("dd", "figure", value);
  return make("div", "tile", make("dt", "", name), figure, make("dd", "note", note));
}
