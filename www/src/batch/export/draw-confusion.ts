/** The confusion matrix on a canvas. */

import type { Confusion } from "../metrics.js";
import type { Pen, PictureWords } from "./picture.js";

/** Room for the names of the rows. */
const NAMES = 190;
/** As strong as a full cell is coloured, so that text on it can be read. */
const STRONGEST = 0.6;

/** Draws rows of truths and columns of answers, below `top`. */
export function drawConfusion(
  pen: Pen,
  confusion: Confusion,
  words: PictureWords,
  { top, cell }: { top: number; cell: number },
): void {
  const { context } = pen;
  const scores = confusion.scores();
  const size = Math.min(15, Math.max(9, cell / 3.4));
  pen.text(`${words.truth} ↓   ${words.said} →`, 0, top + 66, {
    size: 13,
    colour: "--muted",
    width: NAMES - 10,
  });
  words.labels.forEach((label, said) => {
    const middle = NAMES + said * cell + cell / 2;
    // Names above narrow columns stand on two levels.
    const level = cell < 110 && said % 2 === 1 ? 48 : 66;
    pen.text(label, middle, top + level, { size: 12, colour: "--muted", align: "center" });
  });
  words.labels.forEach((label, truth) => {
    const row = top + 78 + truth * cell;
    const support = scores[truth]?.support ?? 0;
    pen.text(label, 0, row + cell / 2 + 5, { size: 14, width: NAMES - 14 });
    words.labels.forEach((_, said) => {
      const count = confusion.at(truth, said);
      const from = NAMES + said * cell;
      context.fillStyle = pen.colours("--sunken");
      pen.box(from + 1, row + 1, cell - 2, cell - 2);
      if (count > 0 && support > 0) {
        context.globalAlpha = STRONGEST * (0.15 + 0.85 * (count / support));
        context.fillStyle = pen.colours(truth === said ? "--accent" : "--bad");
        pen.box(from + 1, row + 1, cell - 2, cell - 2);
        context.globalAlpha = 1;
        const style = { size, weight: truth === said ? 650 : 450, align: "center" } as const;
        pen.text(words.count(count), from + cell / 2, row + cell / 2 + size / 3, style);
      }
    });
  });
}
