/**
 * The compressions of Parquet files beside Snappy, fetched only for a file that
 * has one. Brotli is not among them: hardly any writer uses it, and its built-in
 * dictionary alone is larger than the rest of the reader.
 */

import type { Compressors } from "hyparquet";
import {
  decompressGzip,
  decompressLz4,
  decompressLz4Raw,
  decompressZstd,
} from "hyparquet-compressors";

/** By the names that the format gives them. */
export const compressors: Compressors = {
  GZIP: decompressGzip,
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
  ZSTD: (input) => decompressZstd(input),
};
