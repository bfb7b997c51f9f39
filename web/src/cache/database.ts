/** The package's database, and IndexedDB's requests as promises. */

const NAME = "senselm-models";
const VERSION = 1;

/** What the database keeps: the manifest, and chunks of files where there is no OPFS. */
export type Table = "entries" | "parts" | "chunks";

/**
 * Opens the database, or fails where the browser has none or refuses it. `onClose`
 * is told when it is taken away: the user cleared the site's data, say.
 */
export function openDatabase(onClose: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const database = request.result;
      const entries = database.createObjectStore("entries", { keyPath: "name" });
      entries.createIndex("url", "url");
      database.createObjectStore("parts", { keyPath: "url" });
      database.createObjectStore("chunks");
    };
    request.onsuccess = () => {
      const database = request.result;
      // A page with a later version of this package must not wait for this one.
      database.onversionchange = () => {
        database.close();
        onClose();
      };
      database.onclose = onClose;
      resolve(database);
    };
    request.onerror = () => {
      reject(reasonOf(request.error));
    };
  });
}

/** What a request gives. Awaiting it keeps its transaction open. */
export function given<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(reasonOf(request.error));
    };
  });
}

/** Runs `body` in a transaction, and resolves when that has ended well. */
export async function transact<T>(
  database: IDBDatabase,
  tables: Table[],
  mode: "readonly" | "readwrite",
  body: (table: (name: Table) => IDBObjectStore) => Promise<T>,
): Promise<T> {
  // Chunks are on the disk before an entry says so. An entry that a power cut takes
  // away is a download more, and nothing worse.
  const durability = tables.includes("chunks") ? "strict" : "relaxed";
  const transaction = database.transaction(tables, mode, { durability });
  const ended = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve();
    };
    transaction.onabort = () => {
      reject(reasonOf(transaction.error));
    };
  });
  // Whoever waits for `body` hears of a failure first; this says no more.
  ended.catch(() => undefined);
  let result: T;
  try {
    result = await body((name) => transaction.objectStore(name));
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has ended already.
    }
    throw error;
  }
  await ended;
  return result;
}

function reasonOf(error: DOMException | null): DOMException {
  return error ?? new DOMException("the browser gave no reason", "UnknownError");
}
