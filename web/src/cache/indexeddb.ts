/** Files as chunks in IndexedDB, for browsers and windows without OPFS. */

import { given, transact } from "./database.js";
import type { Place, Reader, Store, Writer } from "./store.js";

/** What one record holds, the last of a file less. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** The store in a database that is open. */
export function inDatabase(database: IDBDatabase): Store {
  return {
    kind: "indexeddb",
    async open(file, length) {
      if ((await lengthOf(database, file)) !== length) {
        return null;
      }
      const reader: Reader = {
        length,
        read: (count, place) => readChunks(database, file, count, place),
        close: () => undefined,
      };
      return reader;
    },
    async append(file, length) {
      if ((await lengthOf(database, file)) < length) {
        return null;
      }
      const whole = Math.floor(length / CHUNK_BYTES);
      const tail = await transact(database, ["chunks"], "readwrite", async (table) => {
        const chunks = table("chunks");
        const last = (await given(chunks.get([file, whole]))) as ArrayBuffer | undefined;
        await given(chunks.delete(IDBKeyRange.bound([file, whole], [file, Infinity])));
        const kept = last?.slice(0, length % CHUNK_BYTES);
        if (kept?.byteLength) {
          await given(chunks.put(kept, [file, whole]));
        }
        return kept;
      });
      return new ChunkWriter(database, file, length, tail);
    },
    async remove(file) {
      await transact(database, ["chunks"], "readwrite", (table) =>
        given(table("chunks").delete(all(file))),
      );
      return true;
    },
    files: () =>
      transact(database, ["chunks"], "readonly", async (table) => {
        const keys = (await given(table("chunks").getAllKeys())) as [string, number][];
        return [...new Set(keys.map(([file]) => file))];
      }),
  };
}

class ChunkWriter implements Writer {
  readonly #database: IDBDatabase;
  readonly #file: string;
  /** The bytes behind the last whole chunk. */
  readonly #tail = new Uint8Array(CHUNK_BYTES);
  length: number;

  constructor(database: IDBDatabase, file: string, length: number, tail: ArrayBuffer | undefined) {
    this.#database = database;
    this.#file = file;
    this.length = length;
    if (tail) {
      this.#tail.set(new Uint8Array(tail));
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const filled = this.length % CHUNK_BYTES;
      const piece = bytes.subarray(at, at + CHUNK_BYTES - filled);
      this.#tail.set(piece, filled);
      at += piece.length;
      this.length += piece.length;
      if (filled + piece.length === CHUNK_BYTES) {
        await this.#put(this.length / CHUNK_BYTES - 1, CHUNK_BYTES);
      }
    }
  }

  async flush(): Promise<void> {
    const filled = this.length % CHUNK_BYTES;
    if (filled > 0) {
      await this.#put(Math.floor(this.length / CHUNK_BYTES), filled);
    }
  }

  read(length: number, place: Place): Promise<void> {
    return readChunks(this.#database, this.#file, length, place);
  }

  close(): void {
    // Whatever was not flushed is not wanted.
  }

  #put(index: number, length: number): Promise<unknown> {
    const chunk = this.#tail.slice(0, length).buffer;
    return transact(this.#database, ["chunks"], "readwrite", (table) =>
      given(table("chunks").put(chunk, [this.#file, index])),
    );
  }
}

function all(file: string): IDBKeyRange {
  return IDBKeyRange.bound([file, 0], [file, Infinity]);
}

function lengthOf(database: IDBDatabase, file: string): Promise<number> {
  return transact(database, ["chunks"], "readonly", async (table) => {
    const chunks = table("chunks");
    const count = await given(chunks.count(all(file)));
    const last = (await given(chunks.get([file, count - 1]))) as ArrayBuffer | undefined;
    return last ? (count - 1) * CHUNK_BYTES + last.byteLength : 0;
  });
}

/** One transaction, so that nobody removes a chunk in between. */
function readChunks(
  database: IDBDatabase,
  file: string,
  length: number,
  place: Place,
): Promise<void> {
  return transact(database, ["chunks"], "readonly", async (table) => {
    const chunks = table("chunks");
    const ask = (at: number) =>
      given(chunks.get([file, at / CHUNK_BYTES])) as Promise<ArrayBuffer | undefined>;
    let next = length > 0 ? ask(0) : null;
    for (let at = 0; next; at += CHUNK_BYTES) {
      const chunk = await next;
      // The next one comes while this one is copied.
      next = at + CHUNK_BYTES < length ? ask(at + CHUNK_BYTES) : null;
      const wanted = Math.min(CHUNK_BYTES, length - at);
      if (!chunk || chunk.byteLength < wanted) {
        next?.catch(() => undefined);
        throw new DOMException("a chunk of the file is missing", "NotReadableError");
      }
      place(at, wanted).set(new Uint8Array(chunk, 0, wanted));
    }
  });
}
