/** In which encoding the bytes of a text are. */

/** What bytes can say of themselves. */
export type SaidEncoding = "utf-8" | "utf-16le" | "utf-16be";

/** The encoding that the beginning of a text says it has, or null where it is none. */
export function encodingOf(bytes: Uint8Array): SaidEncoding | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return "utf-16le";
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return "utf-16be";
  }
  // Latin letters and digits in UTF-16 have every other byte 0; no other text
  // has any.
  const zeros = [0, 0];
  bytes.forEach((byte, at) => {
    if (byte === 0) {
      zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
    }
  });
  const [even = 0, odd = 0] = zeros;
  if (even + odd === 0) {
    return "utf-8";
  }
  const most = bytes.length / 2;
  if (odd > 0.7 * most && even < 0.1 * most) {
    return "utf-16le";
  }
  return even > 0.7 * most && odd < 0.1 * most ? "utf-16be" : null;
}
