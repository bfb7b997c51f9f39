/** The summary of a file as a picture, for reports. */

import { drawConfusion } from "./draw-confusion.js";
import { drawScatter } from "./draw-scatter.js";
import type { Answers } from "../answers.js";

/** Everything that a picture says in words. */
export interface PictureWords {
  title: string;
  made: string;
  dir: "ltr" | "rtl";
  figures: readonly { name: string; value: string; note: string }[];
  /** Above the table or the chart; empty where there is none. */
  below: string;
  said: string;
  truth: string;
  labels: readonly string[];
  count: (value: number) => string;
  axis: (value: number) => string;
}

/** The colours of the page, by the names of its variables. */
export type Colours = (variable: string) => string;

/** Sharp on paper and on fine screens. */
const SCALE = 2;
const WIDTH = 1000;
const MARGIN = 40;
const FIGURES_TOP = 130;
const BELOW_TOP = 270;
/** Labels that still fit into a table. */
export const MAX_DRAWN_LABELS = 24;

/** Draws the summary; the chart is drawn a little at a time. */
export async function drawPicture(
  answers: Answers,
  words: PictureWords,
  colours: Colours,
  signal: AbortSignal,
): Promise<Blob> {
  const { kind, confusion } = answers;
  const table = kind === "classify" && confusion.count > 0 && confusion.size <= MAX_DRAWN_LABELS;
  const chart = kind === "number" && answers.errors.count > 0;
  const row = Math.min(52, Math.floor(560 / Math.max(confusion.size, 1)));
  const below = table ? 110 + row * confusion.size : chart ? 540 : 0;
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH * SCALE;
  canvas.height = (BELOW_TOP + below + MARGIN) * SCALE;
  const context = canvas.getContext("2d");
  if (!context) {
    throw new Error("this browser draws no pictures");
  }
  context.scale(SCALE, SCALE);
  context.fillStyle = colours("--panel");
  context.fillRect(0, 0, WIDTH, canvas.height / SCALE);
  context.direction = words.dir;
  const pen = new Pen(context, colours, words.dir === "rtl");
  pen.text(words.title, 0, MARGIN + 24, { size: 30, weight: 680 });
  pen.text(words.made, 0, MARGIN + 54, { size: 16, colour: "--muted" });
  const step = (WIDTH - 2 * MARGIN) / Math.max(words.figures.length, 1);
  words.figures.forEach(({ name, value, note }, at) => {
    pen.text(name, at * step, FIGURES_TOP, { size: 15, colour: "--muted", width: step - 16 });
    pen.text(value, at * step, FIGURES_TOP + 36, { size: 30, weight: 650, width: step - 16 });
    pen.lines(note, at * step, FIGURES_TOP + 60, { size: 13, colour: "--muted", width: step - 16 });
  });
  if (table || chart) {
    pen.text(words.below, 0, BELOW_TOP, { size: 20, weight: 650 });
  }
  if (table) {
    drawConfusion(pen, confusion, words, { top: BELOW_TOP + 16, width: WIDTH - 2 * MARGIN, row });
  } else if (chart) {
    const box = { left: MARGIN + 60, top: BELOW_TOP + 24, width: 760, height: 460 };
    await drawScatter(context, answers, box, { colours, signal, ...words });
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) {
        resolve(blob);
      } else {
        reject(new Error("this browser made no picture of it"));
      }
    }, "image/png");
  });
}

/** How a text is set. */
export interface Style {
  size: number;
  weight?: number;
  colour?: string;
  /** Longer text is set narrower, then cut. */
  width?: number;
  align?: "start" | "center" | "end";
}

/** Writes and fills from the side where lines begin. */
export class Pen {
  readonly context: CanvasRenderingContext2D;
  readonly colours: Colours;
  readonly #mirrored: boolean;

  constructor(context: CanvasRenderingContext2D, colours: Colours, mirrored: boolean) {
    this.context = context;
    this.colours = colours;
    this.#mirrored = mirrored;
  }

  /** Writes at a distance from the margin where lines begin. */
  text(text: string, from: number, baseline: number, style: Style): void {
    const { context } = this;
    const { size, weight = 400, colour = "--text", width, align = "start" } = style;
    context.font = `${weight} ${size}px ${this.colours("--font")}`;
    context.fillStyle = this.colours(colour);
    context.textAlign = align;
    context.fillText(this.#fitting(text, width), this.x(from), baseline);
  }

  /** Writes on as many lines as it takes, word by word. */
  lines(text: string, from: number, baseline: number, style: Style & { width: number }): void {
    const { context } = this;
    const { size, weight = 400, width } = style;
    context.font = `${weight} ${size}px ${this.colours("--font")}`;
    let line = "";
    let below = baseline;
    for (const word of text.split(" ")) {
      const longer = line === "" ? word : `${line} ${word}`;
      if (line !== "" && context.measureText(longer).width > width) {
        this.text(line, from, below, style);
        below += size * 1.35;
        line = word;
      } else {
        line = longer;
      }
    }
    this.text(line, from, below, style);
  }

  /** Fills a box whose near side is `from` the margin. */
  box(from: number, top: number, width: number, height: number): void {
    const near = this.x(from);
    this.context.fillRect(this.#mirrored ? near - width : near, top, width, height);
  }

  /** A distance from the margin as a place on the canvas. */
  x(from: number): number {
    return this.#mirrored ? WIDTH - MARGIN - from : MARGIN + from;
  }

  #fitting(text: string, width: number | undefined): string {
    if (width === undefined || this.context.measureText(text).width <= width) {
      return text;
    }
    let shown = text;
    while (shown.length > 1 && this.context.measureText(`${shown}…`).width > width) {
      shown = shown.slice(0, -1);
    }
    return `${shown}…`;
  }
}
