/** Numbers and names as people read them. */

const whole = new Intl.NumberFormat("en");

/** A label of the model in words: `bearing_wear` is "Bearing wear". */
export function words(label: string): string {
  const spaced = label.replaceAll("_", " ").trim();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Keeps a number and its unit on one line. */
const NARROW = "\u202f";

/** A probability; what is nearly certain does not claim to be certain. */
export function percent(probability: number): string {
  if (probability > 0.999 && probability < 1) {
    return `>${NARROW}99.9${NARROW}%`;
  }
  if (probability < 0.001 && probability > 0) {
    return `<${NARROW}0.1${NARROW}%`;
  }
  return `${(probability * 100).toFixed(1)}${NARROW}%`;
}

export function milliseconds(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

export function bytes(count: number): string {
  const mebibytes = count / 2 ** 20;
  return mebibytes < 1 ? `${(count / 1024).toFixed(0)} KiB` : `${mebibytes.toFixed(1)} MiB`;
}

export function count(value: number): string {
  if (value >= 1e6) {
    return `${(value / 1e6).toFixed(value >= 1e7 ? 0 : 2)} million`;
  }
  return whole.format(value);
}

/** A reading with as many decimals as its size calls for. */
export function reading(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
