/** What kind of file it is, by its first bytes: names lie. */

import { encodingOf } from "../../../../web/src/encoding.js";
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
  const encoding = told ?? encodingOf(bytes);
  if (encoding === null) {
    throw new ReaderError("binary");
  }
  return { format: "csv", encoding };
}
