/**
 * What the files in a store are: an entry is a whole model, a part a download
 * that has not ended. A part becomes an entry in one transaction, so that there
 * is no moment at which a model is half there.
 */

import { StorageError } from "../errors.js";
import type { CachedModel } from "../protocol.js";
import { given, transact } from "./database.js";
import { numbered } from "./names.js";
import type { StoreKind } from "./store.js";

/** What tells one version of a file on a server from the next. */
export interface Version {
  etag: string | null;
  /** The server's `Last-Modified`. */
  modified: string | null;
}

/** A model that is whole. */
export interface Entry extends CachedModel, Version {
  file: string;
  store: StoreKind;
}

/** A download that has not ended: what of it is certainly on the disk. */
export interface Part extends Version {
  /** Where it comes from, or a name of no address for what needs none. */
  url: string;
  file: string;
  store: StoreKind;
  /** How long the whole is. */
  total: number;
  /** So many bytes are flushed, and have this SHA-256. */
  bytes: number;
  sha256: string;
  /** When that was, in milliseconds since 1970. */
  at: number;
}

/** How an entry gets its name. */
export interface Naming {
  name: string;
  /**
   * What to do where there is such a model: number the new one, put it in the
   * old one's place, or refuse.
   */
  taken: "number" | "replace" | "refuse";
}

/** The manifest of one store. */
export class Manifest {
  readonly #database: IDBDatabase;
  readonly #store: StoreKind;

  constructor(database: IDBDatabase, store: StoreKind) {
    this.#database = database;
    this.#store = store;
  }

  /** All entries, by name. */
  async entries(): Promise<Entry[]> {
    const all = await transact(
      this.#database,
      ["entries"],
      "readonly",
      (table) => given(table("entries").getAll()) as Promise<Entry[]>,
    );
    return all.filter(({ store }) => store === this.#store);
  }

  /** The entry of this name, or else the latest one from this address. */
  find(name: string | null, url: string | null): Promise<Entry | null> {
    return transact(this.#database, ["entries"], "readonly", async (table) => {
      const entries = table("entries");
      const named = name === null ? null : ((await given(entries.get(name))) as Entry | undefined);
      if (named?.store === this.#store) {
        return named;
      }
      const from = url === null ? [] : ((await given(entries.index("url").getAll(url))) as Entry[]);
      const here = from.filter(({ store }) => store === this.#store);
      return here.sort((a, b) => a.installed.localeCompare(b.installed)).at(-1) ?? null;
    });
  }

  /** Enters a whole file and ends its part. */
  commit(entry: Entry, naming: Naming): Promise<Entered> {
    return transact(this.#database, ["entries", "parts"], "readwrite", async (table) => {
      const entered = await enter(table("entries"), entry, naming);
      await endPart(table("parts"), entry.url, entry.file);
      return entered;
    });
  }

  /** Gives an entry another name; null where there is none of the old name. */
  rename(name: string, naming: Naming): Promise<Entered | null> {
    return transact(this.#database, ["entries"], "readwrite", async (table) => {
      const entries = table("entries");
      const entry = (await given(entries.get(name))) as Entry | undefined;
      if (!entry) {
        return null;
      }
      await given(entries.delete(name));
      return enter(entries, entry, naming);
    });
  }

  /** Puts an entry back as it was, unless another has taken its place. */
  async restore(entry: Entry): Promise<void> {
    await transact(this.#database, ["entries"], "readwrite", async (table) => {
      const entries = table("entries");
      if (!(await given(entries.get(entry.name)))) {
        await given(entries.put(entry));
      }
    });
  }

  /** Removes an entry, unless another file has taken its place. */
  async forget({ name, file }: Entry): Promise<void> {
    await transact(this.#database, ["entries"], "readwrite", async (table) => {
      const entries = table("entries");
      const there = (await given(entries.get(name))) as Entry | undefined;
      if (there?.file === file) {
        await given(entries.delete(name));
      }
    });
  }

  /** Notes that an entry was used, if it is still there. */
  async touch({ name, file }: Entry): Promise<void> {
    await transact(this.#database, ["entries"], "readwrite", async (table) => {
      const entries = table("entries");
      const there = (await given(entries.get(name))) as Entry | undefined;
      if (there?.file === file) {
        await given(entries.put({ ...there, used: new Date().toISOString() }));
      }
    });
  }

  /** All parts. */
  async parts(): Promise<Part[]> {
    const all = await transact(
      this.#database,
      ["parts"],
      "readonly",
      (table) => given(table("parts").getAll()) as Promise<Part[]>,
    );
    return all.filter(({ store }) => store === this.#store);
  }

  /** What there is of a download. */
  async part(url: string): Promise<Part | null> {
    const part = await transact(
      this.#database,
      ["parts"],
      "readonly",
      (table) => given(table("parts").get(url)) as Promise<Part | undefined>,
    );
    return part?.store === this.#store ? part : null;
  }

  /** Notes how far a download is. */
  async setPart(part: Part): Promise<void> {
    await transact(this.#database, ["parts"], "readwrite", (table) =>
      given(table("parts").put(part)),
    );
  }

  /** Gives up a part, unless another download has taken its place. */
  async dropPart(url: string, file: string): Promise<void> {
    await transact(this.#database, ["parts"], "readwrite", (table) =>
      endPart(table("parts"), url, file),
    );
  }
}

/** An entry as it became, and the file whose place it took. */
export interface Entered {
  entry: Entry;
  old: string | null;
}

async function enter(
  entries: IDBObjectStore,
  entry: Entry,
  { name, taken }: Naming,
): Promise<Entered> {
  let free = name;
  let there = (await given(entries.get(free))) as Entry | undefined;
  for (let number = 2; there && taken === "number"; number += 1) {
    free = numbered(name, number);
    there = (await given(entries.get(free))) as Entry | undefined;
  }
  if (there && taken === "refuse") {
    throw nameTaken(name);
  }
  const named = { ...entry, name: free };
  await given(entries.put(named));
  return { entry: named, old: there?.file ?? null };
}

async function endPart(parts: IDBObjectStore, url: string | null, file: string): Promise<void> {
  const part = url === null ? undefined : ((await given(parts.get(url))) as Part | undefined);
  if (part?.file === file) {
    await given(parts.delete(part.url));
  }
}

/** What others may know of an entry. */
export function published({ name, url, bytes, sha256, installed, used, etag }: Entry): CachedModel {
  return { name, url, bytes, sha256, installed, used, etag };
}

/** Somebody asked for a name that another model has. */
export function nameTaken(name: string): StorageError {
  const message = `there is a model named ${name} already: choose another name, or pass replace: true`;
  return new StorageError("in_use", message);
}
