/** The models that are kept: a store of bytes, and a manifest of what they are. */

import { SenseLMError, StorageError } from "../errors.js";
import type { CachedModel, StorageUsage } from "../protocol.js";
import { openDatabase } from "./database.js";
import { inDatabase } from "./indexeddb.js";
import { hasLocks, type Held, hold, ofFile } from "./locks.js";
import { type Entry, Manifest, type Naming, published } from "./manifest.js";
import { openOpfs } from "./opfs.js";
import { checkRoom, estimate } from "./quota.js";
import type { Reader, Store } from "./store.js";

/** How long a removal waits for whoever reads the file; reading takes a moment. */
const PATIENCE_MS = 3000;
const PAUSE_MS = 50;
/** So long a download that broke off is kept. */
const PART_MS = 7 * 24 * 60 * 60 * 1000;
/** Without locks nobody knows whether a file is being written, but for its age. */
const STRAY_MS = 24 * 60 * 60 * 1000;

let opened: Promise<Cache> | null = null;
/** Whether this worker has cleared away what nobody will ask for. */
let swept = false;

/** An entry that is open, and that nobody removes meanwhile. */
export interface OpenEntry {
  entry: Entry;
  reader: Reader;
  held: Held | null;
}

/** The cache of this origin. */
export class Cache {
  readonly store: Store;
  readonly manifest: Manifest;

  constructor(store: Store, database: IDBDatabase) {
    this.store = store;
    this.manifest = new Manifest(database, store.kind);
  }

  /** The cache, or `no_storage` where the browser keeps nothing for this page. */
  static open(): Promise<Cache> {
    opened ??= openCache();
    // Whoever asks later may be luckier.
    opened.catch(() => {
      opened = null;
    });
    return opened;
  }

  /** Opens an entry; null where its bytes are gone, which ends the entry too. */
  async read(entry: Entry): Promise<OpenEntry | null> {
    const held = await hold(ofFile(entry.file), { mode: "shared" });
    const reader = await this.store.open(entry.file, entry.bytes).catch(() => null);
    if (reader) {
      return { entry, reader, held };
    }
    held?.release();
    await this.manifest.forget(entry);
    return null;
  }

  /** Removes the model of this name. */
  async remove(name: string): Promise<void> {
    const entry = await this.manifest.find(name, null);
    if (!entry) {
      throw notCached(name);
    }
    // Others find it until nobody reads it and it goes. Then it is first out of the
    // manifest, so that no list ever has a model without bytes.
    const removed = await this.#alone(entry.file, async (until) => {
      await this.manifest.forget(entry);
      let gone = false;
      try {
        gone = await this.#gone(entry.file, until);
      } finally {
        if (!gone) {
          await this.manifest.restore(entry);
        }
      }
      return gone;
    });
    if (!removed) {
      const message = `${name} is being read by another tab: try again in a moment`;
      throw new StorageError("in_use", message);
    }
  }

  /** Gives a model another name. */
  async rename(name: string, naming: Naming): Promise<CachedModel> {
    const entered = await this.manifest.rename(name, naming);
    if (!entered) {
      throw notCached(name);
    }
    if (entered.old !== null) {
      await this.removeFile(entered.old);
    }
    return published(entered.entry);
  }

  /** Removes a file once nobody reads it; false where somebody does all the time. */
  removeFile(file: string): Promise<boolean> {
    return this.#alone(file, (until) => this.#gone(file, until));
  }

  /** Works on a file once nobody reads it; false where somebody does all the time. */
  async #alone(file: string, work: (until: number) => Promise<boolean>): Promise<boolean> {
    const until = performance.now() + PATIENCE_MS;
    // Asked for again and again, not waited for: whoever wants to read meanwhile
    // would wait behind a request that waits.
    let held = await hold(ofFile(file), { ifAvailable: true });
    while (!held) {
      if (performance.now() > until) {
        return false;
      }
      await pause();
      held = await hold(ofFile(file), { ifAvailable: true });
    }
    try {
      return await work(until);
    } finally {
      held.release();
    }
  }

  /** Whether the store let go of a file in time: somebody without a lock may have it open. */
  async #gone(file: string, until: number): Promise<boolean> {
    while (!(await this.store.remove(file))) {
      if (performance.now() > until) {
        return false;
      }
      await pause();
    }
    return true;
  }

  /** What the models take, and what there is. */
  async usage(): Promise<StorageUsage> {
    const [entries, { used, quota }, persisted] = await Promise.all([
      this.manifest.entries(),
      estimate(),
      // Absent in some old browsers, whatever the types say.
      (navigator.storage as Partial<StorageManager> | undefined)?.persisted?.() ?? false,
    ]);
    const models = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    return { models, used, quota, persisted, store: this.store.kind };
  }

  /** Fails with `quota` where bytes have no room, even without other unfinished downloads. */
  async makeRoom(needed: number): Promise<void> {
    try {
      await checkRoom(needed);
    } catch {
      await this.sweep(0);
      await checkRoom(needed);
    }
  }

  /**
   * Clears away in the background, once for each worker, what nobody will ask for. What
   * cannot be cleared away now can wait for another one: a page that closes a model at
   * once may end its worker before the version that it replaced is gone.
   */
  sweepOnce(): void {
    if (!swept) {
      swept = true;
      this.sweep().catch(() => undefined);
    }
  }

  /** Removes what nobody will ask for: stray files, and downloads not resumed for long. */
  async sweep(partMs = PART_MS): Promise<void> {
    const files = await this.store.files();
    // Asked for later than the files, so that a file that is entered meanwhile is known.
    const [entries, parts] = await Promise.all([this.manifest.entries(), this.manifest.parts()]);
    const known = new Set(entries.map(({ file }) => file));
    const ages = new Map(parts.map(({ file, at }) => [file, Date.now() - at]));
    for (const file of files) {
      const age = ages.get(file) ?? Date.now() - bornAt(file);
      const limit = ages.has(file) ? partMs : 0;
      const old = age >= (hasLocks() ? limit : Math.max(limit, STRAY_MS));
      if (!known.has(file) && old) {
        await this.#removeIdle(file);
      }
    }
    for (const { url, file } of parts) {
      if (!files.includes(file)) {
        await this.manifest.dropPart(url, file);
      }
    }
  }

  /** Removes a file if nobody writes it, and it has not become a model meanwhile. */
  async #removeIdle(file: string): Promise<void> {
    const held = await hold(ofFile(file), { ifAvailable: true });
    if (!held) {
      return;
    }
    try {
      const entries = await this.manifest.entries();
      if (entries.some((entry) => entry.file === file) || !(await this.store.remove(file))) {
        return;
      }
      for (const part of await this.manifest.parts()) {
        if (part.file === file) {
          await this.manifest.dropPart(part.url, file);
        }
      }
    } finally {
      held.release();
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

/** A name for a new file, which says when it was made. */
export function newFile(): string {
  const random = crypto.getRandomValues(new Uint32Array(2));
  return [Date.now(), ...random].map((number) => number.toString(36)).join("-");
}

function notCached(name: string): SenseLMError {
  const message = `no model named ${name} is kept here: models.list() says which are`;
  return new StorageError("not_cached", message);
}

function bornAt(file: string): number {
  return Number.parseInt(file, 36) || 0;
}

async function openCache(): Promise<Cache> {
  const opfs = openOpfs().catch(() => null);
  let database: IDBDatabase;
  try {
    database = await openDatabase(() => {
      opened = null;
    });
  } catch (error) {
    const message =
      "this browser keeps nothing for this page (a private window, or blocked site data): " +
      "models can be loaded, but are fetched every time";
    throw new StorageError("no_storage", message, { cause: error });
  }
  return new Cache((await opfs) ?? inDatabase(database), database);
}
