/** The samples of a window as an SVG path. */

/** The smallest and the largest sample; null where there is none. */
export function span(values: readonly (number | null)[]): readonly [number | null, number | null] {
  const known = values.filter((value) => value !== null);
  const larger = (a: number, b: number) => Math.max(a, b);
  const smaller = (a: number, b: number) => Math.min(a, b);
  return known.length === 0 ? [null, null] : [known.reduce(smaller), known.reduce(larger)];
}

/**
 * A line over a width of 100 and a height of 1 that stops where samples are
 * missing. It goes through every sample, or every so manyth.
 */
export function linePath(values: readonly (number | null)[], every = 1): string {
  const [low, high] = span(values);
  if (low === null || high === null) {
    return "";
  }
  const step = 100 / Math.max(values.length - 1, 1);
  let isDrawing = false;
  let path = "";
  for (let index = 0; index < values.length; index += every) {
    const value = values[index] ?? null;
    if (value === null) {
      isDrawing = false;
      continue;
    }
    const y = high > low ? 1 - (value - low) / (high - low) : 0.5;
    const command = isDrawing ? "L" : "M";
    isDrawing = true;
    // A sample without neighbours is a dot: a line of no length with round ends.
    const dot = command === "M" && values[index + every] == null ? "h0" : "";
    path += `${command}${(index * step).toFixed(2)} ${y.toFixed(4)}${dot}`;
  }
  return path;
}
