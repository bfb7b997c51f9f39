/** Brings a model file into wasm memory, chunk by chunk. */

import { SenseLMError } from "./errors.js";
import type { ModelSource } from "./protocol.js";

/** A model file on its way: how long it is, where that is known, and its bytes. */
interface Incoming {
  length: number | null;
  chunks: ReadableStream<Uint8Array>;
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

/**
 * Writes a model where the runtime will use it. Where its length is known
 * beforehand there is no second copy.
 */
export async function download<R extends Room>(
  source: ModelSource,
  memory: Memory<R>,
  signal: AbortSignal,
  onProgress: (loaded: number, total: number | null) => void,
): Promise<R> {
  const incoming = await open(source, signal);
  const known = incoming.length === null ? await collect(incoming, onProgress) : incoming;
  const length = known.length ?? 0;
  const room = memory.reserve(length);
  let loaded = 0;
  try {
    for await (const chunk of read(known.chunks, signal)) {
      if (loaded + chunk.length > length) {
        throw new SenseLMError("bad_download", "the server sent more bytes than it announced");
      }
      // A new view for every chunk: growing memory ends the old ones.
      new Uint8Array(memory.buffer(), room.pointer + loaded, chunk.length).set(chunk);
      loaded += chunk.length;
      onProgress(loaded, length);
    }
    if (loaded < length) {
      throw new SenseLMError(
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

async function open(source: ModelSource, signal: AbortSignal): Promise<Incoming> {
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
    throw new SenseLMError("bad_download", message, { cause: error });
  }
  if (!response.ok || !response.body) {
    throw new SenseLMError("bad_download", `${source} answered ${response.status}`);
  }
  // Of a compressed response the header tells the compressed length.
  const announced = response.headers.has("content-encoding")
    ? null
    : response.headers.get("content-length");
  return { length: announced === null ? null : Number(announced), chunks: response.body };
}

/** Reads a stream of unknown length to its end. */
async function collect(
  incoming: Incoming,
  onProgress: (loaded: number, total: number | null) => void,
): Promise<Incoming> {
  let loaded = 0;
  const counted = incoming.chunks.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
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

async function* read(
  chunks: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const reader = chunks.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) {
        return;
      }
      yield value;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new SenseLMError("bad_download", "the download broke off: try again", { cause: error });
  } finally {
    // Fails where the stream has already failed, which has been said.
    await reader.cancel().catch(() => undefined);
  }
}
