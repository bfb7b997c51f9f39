/** A file of text in blocks of whole lines, in UTF-8. */

import { type Encoding, ReaderError } from "./protocol.js";

/** How much is read at once: a thousand rows or so, which are soon garbage again. */
export const BLOCK_BYTES = 64 * 1024;
/** Longer than any line of a recording; a cell may have 1 MiB. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/** Whole lines of a file. */
export interface TextBlock {
  /** In UTF-8, without a byte order mark. */
  bytes: Uint8Array;
  /** The byte behind it. */
  end: number;
  last: boolean;
}

/**
 * The block that begins at a byte, at least so many bytes long if there are so many.
 *
 * Blocks are cut behind a line break, where no character of any encoding is
 * under way, so that one can be read again without those before it.
 */
export async function readBlock(
  file: Blob,
  start: number,
  encoding: Encoding,
  line: number,
  least = BLOCK_BYTES,
): Promise<TextBlock> {
  for (let size = least; ; size *= 2) {
    const bytes = await readBytes(file, start, start + size);
    const last = start + bytes.length >= file.size;
    const length = last ? bytes.length : cut(bytes, encoding);
    if (length > 0 || last) {
      const block = bytes.subarray(0, length);
      const from = start === 0 ? byteOrderMark(block, encoding) : 0;
      return { bytes: utf8(block.subarray(from), encoding, line), end: start + length, last };
    }
    if (size >= MAX_LINE_BYTES) {
      throw new ReaderError("long_line", line);
    }
  }
}

/** Bytes of a file; it may have been changed or removed since it was chosen. */
export async function readBytes(
  file: Blob,
  start: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.slice(start, end).arrayBuffer());
  } catch (error) {
    throw new ReaderError("unreadable", null, error instanceof Error ? error.message : "");
  }
}

/** How many bytes a byte order mark takes. */
function byteOrderMark(bytes: Uint8Array, encoding: Encoding): number {
  const [first, second, third] = bytes;
  switch (encoding) {
    case "utf-8":
      return first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
    case "utf-16le":
      return first === 0xff && second === 0xfe ? 2 : 0;
    case "utf-16be":
      return first === 0xfe && second === 0xff ? 2 : 0;
    case "windows-1252":
      return 0;
  }
}

/** The length up to and with the last line break, or 0. */
function cut(bytes: Uint8Array, encoding: Encoding): number {
  if (encoding === "utf-16le" || encoding === "utf-16be") {
    const low = encoding === "utf-16le" ? 0 : 1;
    for (let at = bytes.length - 2 - (bytes.length % 2); at >= 0; at -= 2) {
      if (bytes[at + low] === LF && bytes[at + 1 - low] === 0) {
        return at + 2;
      }
    }
    return 0;
  }
  const newline = bytes.lastIndexOf(LF);
  if (newline >= 0) {
    return newline + 1;
  }
  // Lines that end in CR alone. The last byte may be half of a CRLF.
  return bytes.subarray(0, -1).lastIndexOf(CR) + 1;
}

/** What is UTF-8 already is held to be. */
function utf8(bytes: Uint8Array, encoding: Encoding, line: number): Uint8Array {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  try {
    const text = decoder.decode(bytes);
    return encoding === "utf-8" ? bytes : new TextEncoder().encode(text);
  } catch {
    throw new ReaderError("encoding", line + goodLines(bytes, encoding));
  }
}

/** How many lines can be decoded before one that cannot. */
function goodLines(bytes: Uint8Array, encoding: Encoding): number {
  if (encoding !== "utf-8") {
    return 0;
  }
  const decoder = new TextDecoder(encoding, { fatal: true });
  let lines = 0;
  for (let start = 0; start < bytes.length; lines += 1) {
    const newline = bytes.indexOf(LF, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return lines;
    }
    start = end;
  }
  return 0;
}
