/** Colours of labels and channels, read from the style sheet's variables. */

/** How many hues `colours.css` defines, after which they repeat. */
const HUES = 8;

/** The name of the variable with the hue of label or channel `index`. */
export function hueVariable(index: number): string {
  return `--hue-${((index % HUES) + HUES) % HUES}`;
}

/** A CSS value: the hue of label or channel `index`, for `style:--hue`. */
export function hue(index: number): string {
  return `var(${hueVariable(index)})`;
}

/**
 * The present value of a variable, for what is drawn on a canvas. It differs
 * between light and dark: read it anew when `theme.scheme` changes.
 */
export function colour(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}
