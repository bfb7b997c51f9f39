/** The style sheet's colours, as a canvas takes them. */

import type { Scheme } from "../app/theme.svelte.js";
import { colour, hueVariable } from "../style/palette.js";

/** Colours of a chart in the present scheme. */
export interface Colours {
  scheme: Scheme;
  text: string;
  grid: string;
  trace: string;
  hue: (index: number) => string;
}

/** Looks the colours of the present scheme up, each once, as that is slow. */
export function readColours(scheme: Scheme): Colours {
  const hues = new Map<string, string>();
  return {
    scheme,
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
