/** Brings a file from a server into the cache: one tab downloads, the others wait for it. */

import { SenseLMError, StorageError } from "../errors.js";
import type { CacheMode } from "../protocol.js";
import type { Cache } from "./cache.js";
import { type Answered, ask, HttpError, validator } from "./http.js";
import { type Incoming, Stored, Streamed } from "./incoming.js";
import { takeTurn, type Turn } from "./locks.js";
import type { Entry, Naming, Part } from "./manifest.js";
import { storageError } from "./quota.js";
import { Saver } from "./saver.js";
import { type Chunks, collect, type OnProgress } from "./stream.js";

/** What is to be fetched, and what is done with it. */
export interface Order {
  url: string;
  mode: Exclude<CacheMode, "none">;
  sha256: string | null;
  /** What is kept of it now. */
  entry: Entry | null;
  naming: Naming;
  /** Whether it is of no use unless it is kept. */
  mustKeep: boolean;
  /** What is kept of it later, when another tab may have brought it. */
  find: () => Promise<Entry | null>;
}

/** Bytes on their way whose number is known. */
export interface Measured {
  length: number;
  chunks: Chunks;
}

/** Fetches a file into the cache, or waits for whoever does. */
export async function fetchInto(
  cache: Cache,
  order: Order,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<Incoming> {
  const { url, mode, sha256, entry } = order;
  const turn = await takeTurn(url, signal, onProgress);
  try {
    const brought = turn.waited ? await order.find() : null;
    if (brought && brought.file !== entry?.file && fitting(brought, sha256)) {
      const stored = await openStored(cache, brought);
      if (stored) {
        turn.release();
        return stored;
      }
    }
    return await fetchInTurn(cache, order, turn, signal, onProgress);
  } catch (error) {
    turn.release();
    // A server that cannot be asked is no reason to be without a model.
    const offline = mode === "revalidate" && error instanceof HttpError && error.passing;
    const known = offline && entry && fitting(entry, sha256) ? entry : null;
    const stored = known && (await openStored(cache, known));
    if (stored) {
      return stored;
    }
    throw error;
  }
}

async function fetchInTurn(
  cache: Cache,
  order: Order,
  turn: Turn,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<Incoming> {
  const { url, mode, sha256, entry, naming, mustKeep } = order;
  const { part, saver } = await begun(cache, url, signal);
  const treatment = { sha256, because: null, mustKeep, turn };
  if (saver && saver.length === saver.total) {
    const saving = { cache, saver, naming };
    return new Streamed({ ...treatment, length: saver.total, chunks: null, saving });
  }
  const version = mode === "revalidate" && entry && fitting(entry, sha256) ? entry : null;
  let answered: Answered;
  try {
    answered = await ask(
      url,
      { part, version, fresh: mode !== "prefer" || entry !== null },
      signal,
    );
  } catch (error) {
    await saver?.suspend();
    throw error;
  }
  if (answered.kind === "rest" && saver) {
    const saving = { cache, saver, naming };
    return new Streamed({ ...treatment, length: saver.total, chunks: answered.chunks, saving });
  }
  await saver?.discard();
  if (answered.kind !== "whole") {
    const stored = entry && (await openStored(cache, entry));
    if (!stored) {
      throw new StorageError("not_cached", `${url} was removed meanwhile: load it again`);
    }
    turn.release();
    return stored;
  }
  const { length, chunks } = await measured(answered, signal, onProgress);
  const resumable = answered.length !== null && validator(answered.version) !== null;
  try {
    const subject = { url, total: length, resumable, ...answered.version };
    const saving = { cache, saver: await Saver.begin(cache, subject), naming };
    return new Streamed({ ...treatment, length, chunks, saving });
  } catch (error) {
    const because = await storageError(error, length);
    // Whoever waits for this download would wait for nothing.
    turn.release();
    if (mustKeep) {
      await chunks.cancel();
      throw because;
    }
    return new Streamed({ ...treatment, length, chunks, saving: null, because });
  }
}

/** What an earlier attempt has left that can be gone on with. */
async function begun(
  cache: Cache,
  url: string,
  signal: AbortSignal,
): Promise<{ part: Part | null; saver: Saver | null }> {
  try {
    const part = await cache.manifest.part(url);
    const saver = part && (await Saver.resume(cache, part, signal));
    return saver ? { part, saver } : { part: null, saver: null };
  } catch {
    // A part that cannot be opened is as good as none.
    signal.throwIfAborted();
    return { part: null, saver: null };
  }
}

/** A file whose length nobody announces is read to its end first. */
export async function measured(
  answered: Answered,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<Measured> {
  if (answered.kind !== "whole") {
    throw new SenseLMError("unexpected", "a part was sent where all was asked for");
  }
  const { length, chunks } = answered;
  if (length !== null) {
    return { length, chunks };
  }
  const blob = await collect(chunks, signal, onProgress);
  return { length: blob.size, chunks: blob.stream() };
}

/** Opens what the cache has; null where its bytes are gone. */
export async function openStored(cache: Cache, entry: Entry): Promise<Incoming | null> {
  const open = await cache.read(entry);
  return open && new Stored(cache, open);
}

/** Whether an entry is what was asked for. */
export function fitting(entry: Entry, sha256: string | null): boolean {
  return sha256 === null || entry.sha256 === sha256;
}
