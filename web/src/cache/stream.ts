/** Reads what arrives, piece by piece. */

import { DownloadError, SenseLMError } from "../errors.js";

/** Told of bytes as they arrive; `total` is null where the server does not say. */
export type OnProgress = (loaded: number, total: number | null) => void;

/** Bytes on their way. */
export type Chunks = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Bytes that are read at once, where the browser lets the reader say. */
const CHUNK_BYTES = 1024 * 1024;

/** Reads a stream of unknown length to its end. */
export async function collect(
  chunks: Chunks,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<Blob> {
  let loaded = 0;
  const counted = chunks.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        loaded += chunk.length;
        onProgress(loaded, null);
        controller.enqueue(chunk);
      },
    }),
    { signal },
  );
  try {
    return await new Response(counted).blob();
  } catch (error) {
    throw brokeOff(error, signal);
  }
}

/**
 * The pieces of a stream; each is good until the next is asked for. Where the
 * stream writes into a buffer of the reader's, one buffer serves them all:
 * new ones for every piece would wait for the garbage collector, megabytes of
 * them.
 */
export async function* read(
  chunks: Chunks,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const reader = byteReader(chunks) ?? chunkReader(chunks);
  const abort = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", abort, { once: true });
  try {
    for (;;) {
      const { done, value } = await next(reader, signal);
      if (done || !value) {
        return;
      }
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    // Fails where the stream has already failed, which has been said.
    await reader.cancel().catch(() => undefined);
  }
}

async function next(reader: Reader, signal: AbortSignal): ReturnType<Reader["next"]> {
  try {
    const step = await reader.next();
    signal.throwIfAborted();
    return step;
  } catch (error) {
    throw brokeOff(error, signal);
  }
}

function brokeOff(error: unknown, signal: AbortSignal): SenseLMError {
  signal.throwIfAborted();
  const options = { cause: error };
  return new DownloadError("bad_download", "the download broke off: try again", options);
}

/** How a stream is read, piece by piece. */
interface Reader {
  next(): Promise<{ done: boolean; value?: Uint8Array<ArrayBuffer> | undefined }>;
  cancel(): Promise<void>;
}

function chunkReader(chunks: Chunks): Reader {
  const reader = chunks.getReader();
  return { next: () => reader.read(), cancel: () => reader.cancel() };
}

/** Null where the stream gives buffers of its own. */
function byteReader(chunks: Chunks): Reader | null {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = chunks.getReader({ mode: "byob" });
  } catch {
    return null;
  }
  let buffer = new ArrayBuffer(CHUNK_BYTES);
  return {
    async next() {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      // The buffer moved into the stream and comes back with the bytes.
      buffer = value?.buffer ?? buffer;
      return { done, value };
    },
    cancel: () => reader.cancel(),
  };
}
