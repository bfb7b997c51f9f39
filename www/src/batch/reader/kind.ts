/** What kind of file it is, by its first bytes: names lie. */

import { readBytes } from "./blocks.js";
import { type Encoding, ReaderError } from "./protocol.js";

const LOOKED_AT = 64 * 1024;

/** Beginnings of files that are no table, and what they are. */
const OTHERS = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], code: "spreadsheet" },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], code: "spreadsheet" },
  { bytes: [0x1f, 0x8b], code: "compressed" },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], code: "compressed" },
] as const;

const PARQUET = [0x50, 0x41, 0x52, 0x31];
const PARQUET_ENCRYPTED = [0x50, 0x41, 0x52, 0x45];

/** A file of text comes with the encoding that it seems to have. */
export type Kind = { format: "parquet" } | { format: "csv"; encoding: Encoding };

/**
 * Looks at the beginning of a file. `told` is the encoding that a person chose,
 * who knows better than any guess.
 */
export async function kindOf(file: Blob, told: Encoding | undefined): Promise<Kind> {
  const bytes = await readBytes(file, 0, LOOKED_AT);
  if (bytes.length === 0) {
    throw new ReaderError("empty");
  }
  const beginsWith = (mark: readonly number[]) => mark.every((byte, at) => bytes[at] === byte);
  if (beginsWith(PARQUET)) {
    return { format: "parquet" };
  }
  if (beginsWith(PARQUET_ENCRYPTED)) {
    throw new ReaderError("parquet_encrypted");
  }
  const other = OTHERS.find((known) => beginsWith(known.bytes));
  if (other) {
    throw new ReaderError(other.code);
  }
  return { format: "csv", encoding: told ?? encodingOf(bytes) };
}

function encodingOf(bytes: Uint8Array): Encoding {
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
  if (even > 0.7 * most && odd < 0.1 * most) {
    return "utf-16be";
  }
  throw new ReaderError("binary");
}
