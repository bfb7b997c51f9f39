/** One small chart a channel, all over the same time. */

import uPlot from "uplot";
import { hueIndex, type LiveAnswer } from "./answers.js";
import { padded, timeLabel, valueLabel } from "./axes.js";
import type { Colours } from "./colours.js";
import type { Stretch, Trace } from "./trace.js";

const HEIGHT = 76;
const HEIGHT_WITH_AXIS = 100;
/** Room behind the plot for half of the last label of the axis. */
const HALF_A_LABEL = 24;
const FONT = "11px system-ui, sans-serif";

/** What all charts of a run show. */
export interface Scene {
  trace: Trace;
  answers: readonly LiveAnswer[];
  /** How many readings are shown, and the index behind the last of them. */
  span: number;
  end: number;
  /** The window under the pointer, or the one that was chosen. */
  marked: LiveAnswer | null;
  colours: Colours;
}

/** What charts tell. */
export interface Pointing {
  /** A reading's index and the window it is in, or that the pointer left. */
  over(index: number | null, answer: LiveAnswer | null): void;
  /** A window was chosen. */
  chosen(answer: LiveAnswer): void;
}

/** The chart of one channel. */
class ChannelChart {
  readonly channel: number;
  readonly #scene: () => Scene;
  readonly #plot: uPlot;
  readonly #resized: ResizeObserver;
  /** The index of the first reading that is drawn. */
  #first = 0;

  constructor(
    parent: HTMLElement,
    channel: number,
    withAxis: boolean,
    scene: () => Scene,
    point: Pointing,
  ) {
    this.channel = channel;
    this.#scene = scene;
    const options = this.#options(parent.clientWidth, withAxis, point);
    this.#plot = new uPlot(options, [[], []], parent);
    this.#plot.over.addEventListener("click", () => {
      const answer = this.#under();
      if (answer) {
        point.chosen(answer);
      }
    });
    this.#resized = new ResizeObserver(() => {
      if (parent.clientWidth !== this.#plot.width && parent.clientWidth > 0) {
        this.#plot.setSize({ width: parent.clientWidth, height: this.#plot.height });
      }
    });
    this.#resized.observe(parent);
  }

  draw(
    { first, times }: Stretch,
    values: (number | null)[],
    scale: { min: number; max: number },
  ): void {
    this.#first = first;
    this.#plot.batch(() => {
      this.#plot.setData([times, values], false);
      this.#plot.setScale("x", scale);
    });
  }

  destroy(): void {
    this.#resized.disconnect();
    this.#plot.destroy();
  }

  /** The window under the pointer: of those that overlap, the one that it was new to. */
  #under(): LiveAnswer | null {
    const { idx } = this.#plot.cursor;
    if (idx == null) {
      return null;
    }
    const reading = this.#first + idx;
    const { answers } = this.#scene();
    return answers.find(({ start, end }) => start <= reading && reading < end) ?? null;
  }

  #options(width: number, withAxis: boolean, point: Pointing): uPlot.Options {
    const grid = { stroke: () => this.#scene().colours.grid, width: 1 };
    const axis = { stroke: () => this.#scene().colours.text, font: FONT, grid };
    return {
      width,
      height: withAxis ? HEIGHT_WITH_AXIS : HEIGHT,
      padding: [8, HALF_A_LABEL, withAxis ? 0 : 8, 0],
      legend: { show: false },
      cursor: {
        sync: { key: "channels" },
        y: false,
        drag: { x: false, y: false },
        points: { size: 7, fill: () => this.#scene().colours.trace },
      },
      scales: { x: { time: false }, y: { range: padded } },
      axes: [
        {
          ...axis,
          show: withAxis,
          ticks: { show: false },
          size: 24,
          values: (_, splits) => splits.map(timeLabel),
        },
        {
          ...axis,
          ticks: { show: false },
          size: 46,
          space: 26,
          values: (_, splits) => splits.map(valueLabel),
        },
      ],
      series: [
        {},
        {
          stroke: () => this.#scene().colours.trace,
          width: 1.5,
          points: { show: false },
          spanGaps: false,
          gaps: (plot, _series, from, to, gaps) => [...gaps, ...this.#breaks(plot, from, to)],
        },
      ],
      hooks: {
        drawClear: [
          (plot) => {
            this.#drawWindows(plot);
          },
        ],
        draw: [
          (plot) => {
            this.#drawMarks(plot);
          },
        ],
        setCursor: [
          (plot) => {
            // Charts that only follow another one have no pointer event.
            if (plot.cursor.event) {
              const { idx } = plot.cursor;
              point.over(idx == null ? null : this.#first + idx, this.#under());
            }
          },
        ],
      },
    };
  }

  /** Where readings are missing the line is, too. */
  #breaks(plot: uPlot, from: number, to: number): [number, number][] {
    const { trace } = this.#scene();
    const at = (index: number) => plot.valToPos(trace.timeOf(index), "x", true);
    return trace.breaks
      .filter((index) => index > this.#first + from && index <= this.#first + to)
      .map((index) => [at(index - 1), at(index)]);
  }

  /**
   * Shades what every answered window added to the one before it in the colour
   * of its answer.
   */
  #drawWindows(plot: uPlot): void {
    const { trace, answers, marked, colours } = this.#scene();
    const { ctx } = plot;
    const { left, top, width, height } = plot.bbox;
    const at = (index: number) => plot.valToPos(trace.timeOf(index), "x", true);
    const pixel = devicePixelRatio;
    const shown = this.#first;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    answers.forEach((window, index) => {
      if (window.end <= shown) {
        return;
      }
      const { start, end, answer } = window;
      const from = at(Math.max(start, answers[index - 1]?.end ?? start, shown));
      ctx.fillStyle = answer ? colours.hue(hueIndex(answer)) : colours.text;
      ctx.globalAlpha = window.id === marked?.id ? 0.34 : 0.16;
      ctx.fillRect(from, top, at(end) - from - pixel, height);
    });
    ctx.restore();
  }

  /** Bars over the whole of the latest window, and of the marked one; where something is missing. */
  #drawMarks(plot: uPlot): void {
    const { trace, answers, marked, colours } = this.#scene();
    const { ctx } = plot;
    const { left, top, width, height } = plot.bbox;
    const at = (index: number) => plot.valToPos(trace.timeOf(index), "x", true);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    for (const window of [answers.at(-1), marked]) {
      if (window) {
        ctx.fillStyle = window.answer ? colours.hue(hueIndex(window.answer)) : colours.text;
        const from = at(window.start);
        ctx.fillRect(from, top, at(window.end) - from, 3 * devicePixelRatio);
      }
    }
    ctx.strokeStyle = colours.text;
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    for (const index of trace.breaks) {
      const x = (at(index - 1) + at(index)) / 2;
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
    }
    ctx.stroke();
    ctx.restore();
  }
}

/** The charts of the channels that are shown. */
export class Charts {
  readonly #scene: () => Scene;
  readonly #pointing: Pointing;
  #charts: ChannelChart[] = [];

  constructor(scene: () => Scene, pointing: Pointing) {
    this.#scene = scene;
    this.#pointing = pointing;
  }

  /** Puts a chart of each channel into its element; the last one has the axis. */
  show(rows: readonly { channel: number; element: HTMLElement }[]): void {
    this.destroy();
    this.#charts = rows.map(({ channel, element }, index) => {
      const withAxis = index === rows.length - 1;
      return new ChannelChart(element, channel, withAxis, this.#scene, this.#pointing);
    });
  }

  /** Draws what is to be seen. */
  draw(): void {
    const { trace, span, end } = this.#scene();
    const channels = this.#charts.map(({ channel }) => channel);
    const stretch = trace.until(end, span, channels);
    const scale = range(trace, stretch, span);
    this.#charts.forEach((chart, index) => {
      chart.draw(stretch, stretch.values[index] ?? [], scale);
    });
  }

  destroy(): void {
    for (const chart of this.#charts) {
      chart.destroy();
    }
    this.#charts = [];
  }
}

/** The time that is shown: `span` readings, also where there are fewer yet. */
function range(
  trace: Trace,
  { first, times }: Stretch,
  span: number,
): { min: number; max: number } {
  const min = times[0] ?? 0;
  return { min, max: Math.max(trace.timeOf(first + span - 1), min + Number.EPSILON) };
}
