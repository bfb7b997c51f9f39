/** The style sheet's colours, as a canvas takes them. */

import { colour, hueVariable } from "../style/palette.js";

/** Colours of a chart in the present scheme. */
export interface Colours {
  text: string;
  grid: string;
  trace: string;
  hue: (index: number) => string;
}

/** Looks the colours up, each once, as that is slow. */
export function readColours(): Colours {
  const hues = new Map<string, string>();
  return {
    text: colour("--muted"),
    grid: colour("--grid"),
    trace: colour("--trace"),
    hue: (index) => {
      const variable = hueVariable(index);
      const known = hues.get(variable) ?? colour(variable);
      hues.set(variable, known);
      return known;
    },
  };
}
