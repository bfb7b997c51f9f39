/** Colours of labels and channels, read from the style sheet's variables. */

/** How many hues `style.css` defines, after which they repeat. */
const HUES = 6;

/** The name of the variable with the hue of label or channel `index`. */
export function hueVariable(index: number): string {
  return `--hue-${index % HUES}`;
}

/** The present value of a variable: it differs between light and dark. */
export function colour(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}

/** Calls back when the system changes between light and dark. */
export function onSchemeChange(callback: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback);
}
