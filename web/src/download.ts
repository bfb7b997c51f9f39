/** Brings a model file into wasm memory. */

import type { Incoming } from "./cache/incoming.js";
import type { OnProgress } from "./cache/stream.js";

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

/** Writes a model where the runtime will use it. */
export async function download<R extends Room>(
  incoming: Incoming,
  memory: Memory<R>,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<R> {
  const room = memory.reserve(incoming.length);
  try {
    // A new view for every piece: growing memory ends the old ones.
    const place = (at: number, length: number) =>
      new Uint8Array(memory.buffer(), room.pointer + at, length);
    await incoming.bring(place, signal, onProgress);
    return room;
  } catch (error) {
    room.free();
    throw error;
  }
}
