/** The database of past runs, and what may keep it from opening. */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Chunk } from "./chunks.js";
import type { Run } from "./types.js";

interface Schema extends DBSchema {
  runs: { key: string; value: Run; indexes: { started: number } };
  chunks: { key: [run: string, seq: number]; value: Chunk };
}

export type Database = IDBPDatabase<Schema>;

const NAME = "senselm-history";
const VERSION = 1;
/** Browsers are known to leave the opening of a database without any reply. */
const PATIENCE_MS = 10_000;

let opening: Promise<Database> | null = null;

/** The database, opened once. It rejects where the browser has none for this page. */
export function database(): Promise<Database> {
  opening ??= patiently(open()).catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

function open(): Promise<Database> {
  return new Promise((resolve, reject) => {
    openDB<Schema>(NAME, VERSION, {
      upgrade(db) {
        db.createObjectStore("runs", { keyPath: "id" }).createIndex("started", "started");
        db.createObjectStore("chunks", { keyPath: ["run", "seq"] });
      },
      blocked() {
        reject(new Error("another tab has an older version of the history open"));
      },
      blocking(_current, _blocked, event) {
        // A newer version of the page wants it: this one opens it again if it needs to.
        opening = null;
        (event.target as IDBDatabase).close();
      },
      terminated() {
        opening = null;
      },
    }).then(resolve, reject);
  });
}

function patiently<T>(promise: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => {
      reject(new Error("the browser's database does not answer"));
    }, PATIENCE_MS);
  });
  return Promise.race([promise, late]);
}

/** All pieces of a run. */
export function piecesOf(run: string): IDBKeyRange {
  return IDBKeyRange.bound([run], [run, []]);
}
