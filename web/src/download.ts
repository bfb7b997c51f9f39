/** Brings a model file into wasm memory, chunk by chunk. */

import { DownloadError } from "./errors.js";
import type { ModelSource } from "./protocol.js";

/** A model file on its way: how long it is, where that is known, and its bytes. */
interface Arriving {
  length: number | null;
  chunks: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** A model file on its way whose length is known. */
export interface Incoming extends Arriving {
  length: number;
}

/** Room in wasm memory, as the runtime hands it out. */
export interface Room {
  readonly pointer: number;
  readonly length: number;
  free(): void;
}

/** Makes room for a model, and lends the memory it is in. */
export interface Memory<R extends Room> {
  reserve(length: number): R;
  buffer(): ArrayBufferLike;
}

/** Told of bytes as they arrive; `total` is null where the server does not say. */
type OnProgress = (loaded: number, total: number | null) => void;

/** Bytes that are read at once, where the browser lets the reader say. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Asks for a model. A file whose length nobody announces is read to its end
 * first: that is the one case in which there is a second copy of it.
 */
export async function open(
  source: ModelSource,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<Incoming> {
  const { length, chunks } = await request(source, signal);
  return length === null ? collect(chunks, onProgress) : { length, chunks };
}

/** Writes a model where the runtime will use it. */
export async function download<R extends Room>(
  { length, chunks }: Incoming,
  memory: Memory<R>,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<R> {
  const room = memory.reserve(length);
  let loaded = 0;
  try {
    for await (const chunk of read(chunks, signal)) {
      if (loaded + chunk.length > length) {
        throw new DownloadError("bad_download", "the server sent more bytes than it announced");
      }
      // A new view for every chunk: growing memory ends the old ones.
      new Uint8Array(memory.buffer(), room.pointer + loaded, chunk.length).set(chunk);
      loaded += chunk.length;
      onProgress(loaded, length);
    }
    if (loaded < length) {
      throw new DownloadError(
        "bad_download",
        `the download ended after ${loaded} of ${length} bytes: try again`,
      );
    }
    return room;
  } catch (error) {
    room.free();
    throw error;
  }
}

async function request(source: ModelSource, signal: AbortSignal): Promise<Arriving> {
  if (typeof source !== "string") {
    const blob = source instanceof Blob ? source : new Blob([source]);
    return { length: blob.size, chunks: blob.stream() };
  }
  let response: Response;
  try {
    response = await fetch(source, { signal });
  } catch (error) {
    signal.throwIfAborted();
    const message = `${source} cannot be reached: check the address and the network`;
    throw new DownloadError("bad_download", message, { cause: error });
  }
  if (!response.ok || !response.body) {
    throw new DownloadError("bad_download", `${source} answered ${response.status}`);
  }
  // Of a compressed response the header tells the compressed length.
  const announced = response.headers.has("content-encoding")
    ? null
    : response.headers.get("content-length");
  return { length: announced === null ? null : Number(announced), chunks: response.body };
}

/** Reads a stream of unknown length to its end. */
async function collect(chunks: Arriving["chunks"], onProgress: OnProgress): Promise<Incoming> {
  let loaded = 0;
  const counted = chunks.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        loaded += chunk.length;
        onProgress(loaded, null);
        controller.enqueue(chunk);
      },
    }),
  );
  const blob = await new Response(counted).blob();
  return { length: blob.size, chunks: blob.stream() };
}

/**
 * The pieces of a stream; each is good until the next is asked for. Where the
 * stream writes into a buffer of the reader's, one buffer serves them all:
 * new ones for every piece would wait for the garbage collector, megabytes of
 * them.
 */
async function* read(
  chunks: Arriving["chunks"],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const reader = byteReader(chunks) ?? chunkReader(chunks);
  try {
    for (;;) {
      const { done, value } = await reader.next();
      signal.throwIfAborted();
      if (done || !value) {
        return;
      }
      yield value;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new DownloadError("bad_download", "the download broke off: try again", { cause: error });
  } finally {
    // Fails where the stream has already failed, which has been said.
    await reader.cancel().catch(() => undefined);
  }
}

/** How a stream is read, piece by piece. */
interface Reader {
  next(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

function chunkReader(chunks: Arriving["chunks"]): Reader {
  const reader = chunks.getReader();
  return { next: () => reader.read(), cancel: () => reader.cancel() };
}

/** Null where the stream gives buffers of its own. */
function byteReader(chunks: Arriving["chunks"]): Reader | null {
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
