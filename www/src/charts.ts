/** One small chart a channel, one below the other over the same time. */

import uPlot from "uplot";
import type { ChannelInfo } from "@senselm/web";
import { make } from "./dom.js";
import { reading } from "./format.js";
import type { History } from "./history.js";
import { colour, hueVariable } from "./palette.js";

const HEIGHT = 80;
const HEIGHT_WITH_AXIS = 96;
/** Room on the right for half of the last label of the axis, up to "99999 s". */
const HALF_A_LABEL = 26;

export class Charts {
  readonly #channels: readonly ChannelInfo[];
  readonly #history: History;
  readonly #rate: number;
  readonly #span: number;
  readonly #labelIndex: (label: string) => number;
  readonly #rows: { plot: HTMLElement; value: HTMLElement }[];
  #plots: uPlot[] = [];

  /** `span` readings are shown, `rate` of them a second. */
  constructor(
    parent: HTMLElement,
    channels: readonly ChannelInfo[],
    history: History,
    rate: number,
    span: number,
    labelIndex: (label: string) => number,
  ) {
    this.#channels = channels;
    this.#history = history;
    this.#rate = rate;
    this.#span = span;
    this.#labelIndex = labelIndex;
    this.#rows = channels.map((channel) => {
      const value = make("output", "value", "–");
      const plot = make("div", "plot");
      plot.setAttribute("role", "img");
      plot.setAttribute("aria-label", `${channel.name} over the last readings`);
      const name = make("span", "name", channel.name);
      const unit = make("span", "unit", channel.unit);
      parent.append(make("div", "channel", make("div", "key", name, value, unit), plot));
      return { plot, value };
    });
    this.restyle();
    new ResizeObserver(() => {
      this.#resize();
    }).observe(parent);
  }

  /** Builds the charts anew, in the colours of the present scheme. */
  restyle(): void {
    for (const plot of this.#plots) {
      plot.destroy();
    }
    this.#plots = this.#rows.map(({ plot }, index) => {
      return new uPlot(this.#options(index, plot.clientWidth), this.#data(index), plot);
    });
  }

  draw(): void {
    const end = Math.max(this.#history.start + this.#history.length, this.#span);
    const scale = { min: (end - this.#span) / this.#rate, max: end / this.#rate };
    this.#plots.forEach((plot, index) => {
      plot.batch(() => {
        plot.setData(this.#data(index), false);
        plot.setScale("x", scale);
      });
      const latest = this.#history.latest(index);
      const row = this.#rows[index];
      if (row) {
        row.value.textContent = latest === null ? "–" : reading(latest);
      }
    });
  }

  #data(index: number): uPlot.AlignedData {
    const { start, channels, length } = this.#history;
    const times = Array.from({ length }, (_, at) => (start + at) / this.#rate);
    return [times, channels[index] ?? []];
  }

  #resize(): void {
    this.#plots.forEach((plot, index) => {
      const width = this.#rows[index]?.plot.clientWidth ?? plot.width;
      plot.setSize({ width, height: plot.height });
    });
  }

  #options(index: number, width: number): uPlot.Options {
    const isLast = index === this.#channels.length - 1;
    const text = colour("--muted");
    const grid = { stroke: colour("--grid"), width: 1 };
    const font = "11px system-ui, sans-serif";
    return {
      width,
      height: isLast ? HEIGHT_WITH_AXIS : HEIGHT,
      padding: [8, HALF_A_LABEL, isLast ? 0 : 8, 0],
      legend: { show: false },
      cursor: { sync: { key: "channels" }, y: false, drag: { x: false, y: false } },
      scales: { x: { time: false }, y: { range: padded } },
      axes: [
        {
          show: isLast,
          stroke: text,
          font,
          grid,
          ticks: { show: false },
          size: 24,
          values: (_, splits) => splits.map((second) => `${second} s`),
        },
        { stroke: text, font, grid, ticks: { show: false }, size: 44, space: 28 },
      ],
      series: [
        {},
        { stroke: colour("--trace"), width: 1.5, points: { show: false }, spanGaps: false },
      ],
      hooks: {
        drawClear: [
          (plot) => {
            this.#drawWindows(plot);
          },
        ],
      },
    };
  }

  /**
   * Shades what every answered window added to the one before it in the colour
   * of its answer, and marks the whole of the latest.
   */
  #drawWindows(plot: uPlot): void {
    const { ctx } = plot;
    const { left, top, width, height } = plot.bbox;
    const at = (reading: number) => plot.valToPos(reading / this.#rate, "x", true);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    const { answered } = this.#history;
    answered.forEach(({ start, end, answer }, index) => {
      const label = answer.kind === "classification" ? answer.label : "";
      const before = answered[index - 1]?.end ?? start;
      const from = at(Math.max(start, before));
      ctx.fillStyle = colour(hueVariable(this.#labelIndex(label)));
      ctx.globalAlpha = 0.16;
      ctx.fillRect(from, top, at(end) - from - devicePixelRatio, height);
      if (index === answered.length - 1) {
        ctx.globalAlpha = 1;
        ctx.fillRect(at(start), top, at(end) - at(start), 3 * devicePixelRatio);
      }
    });
    ctx.restore();
  }
}

/** A range with room above and below, wide enough that noise stays small. */
function padded(_: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax {
  if (min === null || max === null) {
    return [0, 1];
  }
  const largest = Math.max(Math.abs(min), Math.abs(max));
  const size = Math.max(max - min, largest * 0.3, 0.2);
  const middle = (min + max) / 2;
  return [middle - size * 0.6, middle + size * 0.6];
}
