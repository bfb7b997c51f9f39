/** A model on its way: out of the cache, or from elsewhere and into the cache as it comes. */

import { DownloadError, SenseLMError } from "../errors.js";
import type { CachedModel } from "../protocol.js";
import type { Cache, OpenEntry } from "./cache.js";
import { Sha256 } from "./hash.js";
import type { Turn } from "./locks.js";
import { type Naming, published } from "./manifest.js";
import { storageError } from "./quota.js";
import type { Saver } from "./saver.js";
import type { Place } from "./store.js";
import { type Chunks, type OnProgress, read } from "./stream.js";

/** Where a model is kept, if it is, and why not where it should have been. */
export interface Kept {
  model: CachedModel | null;
  because: SenseLMError | null;
}

/** A model on its way, whose length is known. */
export interface Incoming {
  readonly length: number;
  /** Copies all bytes, in order, to where `place` says, if they are wanted. */
  bring(place: Place | null, signal: AbortSignal, onProgress: OnProgress): Promise<void>;
  /** It arrived and is a model: from now on the cache has it. */
  accept(): Promise<Kept>;
  /** It arrived and is no model: the cache forgets it. */
  refuse(): Promise<void>;
}

/** A model that the cache has. */
export class Stored implements Incoming {
  readonly #cache: Cache;
  readonly #open: OpenEntry;

  constructor(cache: Cache, open: OpenEntry) {
    this.#cache = cache;
    this.#open = open;
  }

  get length(): number {
    return this.#open.entry.bytes;
  }

  async bring(place: Place | null, signal: AbortSignal, onProgress: OnProgress): Promise<void> {
    const { reader, held } = this.#open;
    try {
      if (place) {
        await reader.read(this.length, (at, length) => {
          signal.throwIfAborted();
          onProgress(at, this.length);
          return place(at, length);
        });
      }
      onProgress(this.length, this.length);
    } catch (error) {
      signal.throwIfAborted();
      throw await storageError(error, this.length);
    } finally {
      reader.close();
      held?.release();
    }
  }

  accept(): Promise<Kept> {
    const { entry } = this.#open;
    // Nobody waits for the note, and it is no loss.
    this.#cache.manifest.touch(entry).catch(() => undefined);
    return Promise.resolve({ model: published(entry), because: null });
  }

  async refuse(): Promise<void> {
    const { entry } = this.#open;
    // What came from an address can come again; a file's owner may want it back.
    if (entry.url !== null) {
      await this.#cache.manifest.forget(entry);
      await this.#cache.removeFile(entry.file);
    }
  }
}

/** How a model that streams in is treated. */
export interface Treatment {
  length: number;
  /** What comes, after what the saver has; null where it has all. */
  chunks: Chunks | null;
  /** What it must be, if that is known. */
  sha256: string | null;
  /** Where it is kept, and under which name; null where it is not, or why not. */
  saving: { cache: Cache; saver: Saver; naming: Naming } | null;
  because: SenseLMError | null;
  /** Whether it is of no use unless it is kept. */
  mustKeep: boolean;
  /** Ended with the download. */
  turn: Turn | null;
}

/** A model that streams in. */
export class Streamed implements Incoming {
  readonly length: number;
  readonly #treatment: Treatment;
  #saving: Treatment["saving"];
  #because: SenseLMError | null;
  #hash: Sha256 | null;

  constructor(treatment: Treatment) {
    this.length = treatment.length;
    this.#treatment = treatment;
    this.#saving = treatment.saving;
    this.#because = treatment.because;
    this.#hash = treatment.saving?.saver.hash ?? (treatment.sha256 === null ? null : new Sha256());
  }

  async bring(place: Place | null, signal: AbortSignal, onProgress: OnProgress): Promise<void> {
    const { chunks, turn } = this.#treatment;
    const progress = (loaded: number) => {
      onProgress(loaded, this.length);
      turn?.tell(loaded, this.length);
    };
    try {
      const stored = await this.#bringStored(place, progress);
      await this.#whileKeeping(({ cache }) => cache.makeRoom(this.length - stored));
      const end = chunks
        ? await this.#bringStream(chunks, stored, place, signal, progress)
        : stored;
      if (end < this.length) {
        const message = `the download ended after ${end} of ${this.length} bytes: try again`;
        throw new DownloadError("bad_download", message);
      }
      await this.#verify();
    } catch (error) {
      await this.#saving?.saver.suspend();
      turn?.release();
      throw error;
    }
  }

  async accept(): Promise<Kept> {
    const { turn } = this.#treatment;
    try {
      const digest = this.#hash?.digest() ?? "";
      let model: CachedModel | null = null;
      await this.#whileKeeping(async ({ saver, naming }) => {
        model = published(await saver.commit(digest, naming));
      });
      return { model, because: this.#because };
    } finally {
      turn?.release();
    }
  }

  async refuse(): Promise<void> {
    await this.#saving?.saver.discard();
    this.#treatment.turn?.release();
  }

  /** Begins with what an earlier attempt has left. */
  async #bringStored(place: Place | null, progress: (loaded: number) => void): Promise<number> {
    const saver = this.#saving?.saver;
    const stored = saver?.length ?? 0;
    if (stored > 0) {
      if (saver && place) {
        await saver.read(stored, place);
      }
      progress(stored);
    }
    return stored;
  }

  async #bringStream(
    chunks: Chunks,
    from: number,
    place: Place | null,
    signal: AbortSignal,
    progress: (loaded: number) => void,
  ): Promise<number> {
    let loaded = from;
    for await (const chunk of read(chunks, signal)) {
      if (loaded + chunk.length > this.length) {
        throw new DownloadError("bad_download", "the server sent more bytes than it announced");
      }
      place?.(loaded, chunk.length).set(chunk);
      this.#hash?.update(chunk);
      if (this.#saving) {
        await this.#whileKeeping(({ saver }) => saver.write(chunk));
      }
      loaded += chunk.length;
      progress(loaded);
    }
    return loaded;
  }

  async #verify(): Promise<void> {
    const { sha256 } = this.#treatment;
    const found = sha256 === null ? null : this.#hash?.digest();
    if (found !== sha256) {
      await this.#saving?.saver.discard();
      throw wrongHash(sha256, found);
    }
  }

  /** Does something for the cache. Where that fails, a model is still of use without it. */
  async #whileKeeping(
    work: (saving: NonNullable<Treatment["saving"]>) => void | Promise<void>,
  ): Promise<void> {
    if (!this.#saving) {
      return;
    }
    try {
      await work(this.#saving);
    } catch (error) {
      const reason = await storageError(error, this.length);
      await this.#saving.saver.discard();
      if (this.#treatment.mustKeep) {
        throw reason;
      }
      this.#saving = null;
      this.#because = reason;
      // Whoever waits for this download would wait for nothing.
      this.#treatment.turn?.release();
    }
  }
}

/** A file is not the one that was asked for. */
export function wrongHash(expected: string | null, found: string | undefined | null): SenseLMError {
  const message =
    `the file's SHA-256 is ${found}, and ${expected} was expected: ` +
    "the file has changed or was damaged, and is not kept";
  return new DownloadError("bad_hash", message);
}
