/** The samples of a window as an SVG path. */

/** The smallest and the largest sample; null where there is none. */
export function span(values: readonly (number | null)[]): readonly [number | null, number | null] {
  const known = values.filter((value) => value !== null);
  const larger = (a: number, b: number) => Math.max(a, b);
  const smaller = (a: number, b: number) => Math.min(a, b);
  return known.length === 0 ? [null, null] : [known.reduce(smaller), known.reduce(larger)];
}

/** A line over a width of 100 and a height of 1 that stops where samples are missing. */
export function linePath(values: readonly (number | null)[]): string {
  const [low, high] = span(values);
  if (low === null || high === null) {
    return "";
  }
  const step = 100 / Math.max(values.length - 1, 1);
  let isDrawing = false;
  const parts = values.map((value, index) => {
    if (value === null) {
      isDrawing = false;
      return "";
    }
    const y = high > low ? 1 - (value - low) / (high - low) : 0.5;
    const command = isDrawing ? "L" : "M";
    isDrawing = true;
    // A sample without neighbours is a dot: a line of no length with round ends.
    const dot = command === "M" && values[index + 1] == null ? "h0" : "";
    return `${command}${(index * step).toFixed(2)} ${y.toFixed(4)}${dot}`;
  });
  return parts.join("");
}
