/** The confusion matrix on a canvas. */

import type { Confusion } from "../metrics.js";
import type { Pen, PictureWords } from "./picture.js";

/** Room for the names of the rows. */
const NAMES = 190;
/** As strong as a full cell is coloured, so that text on it can be read. */
const STRONGEST = 0.6;

/** Columns are no wider than this. */
const WIDEST = 120;

/** Draws rows of truths and columns of answers below `top`, each row so high. */
export function drawConfusion(
  pen: Pen,
  confusion: Confusion,
  words: PictureWords,
  { top, width, row }: { top: number; width: number; row: number },
): void {
  const { context } = pen;
  const scores = confusion.scores();
  const column = Math.min(WIDEST, (width - NAMES) / Math.max(confusion.size, 1));
  const size = Math.min(15, Math.max(9, row / 3.4));
  const named = { size: 12, colour: "--muted", align: "center" } as const;
  pen.text(words.truth, 0, top + 66, { size: 13, colour: "--muted", width: NAMES - 10 });
  const middle = NAMES + (column * confusion.size) / 2;
  pen.text(words.said, middle, top + 32, { ...named, size: 13, weight: 600 });
  words.labels.forEach((label, said) => {
    pen.text(label, NAMES + (said + 0.5) * column, top + 66, { ...named, width: column - 4 });
  });
  words.labels.forEach((label, truth) => {
    const from = top + 76 + truth * row;
    const support = scores[truth]?.support ?? 0;
    pen.text(label, 0, from + row / 2 + 5, { size: 14, width: NAMES - 14 });
    words.labels.forEach((_, said) => {
      const count = confusion.at(truth, said);
      const left = NAMES + said * column;
      context.fillStyle = pen.colours("--sunken");
      pen.box(left + 1, from + 1, column - 2, row - 2);
      if (count > 0 && support > 0) {
        context.globalAlpha = STRONGEST * (0.15 + 0.85 * (count / support));
        context.fillStyle = pen.colours(truth === said ? "--accent" : "--bad");
        pen.box(left + 1, from + 1, column - 2, row - 2);
        context.globalAlpha = 1;
        const style = { size, weight: truth === said ? 650 : 450, align: "center" } as const;
        pen.text(words.count(count), left + column / 2, from + row / 2 + size / 3, style);
      }
    });
  });
}
