/** Files in the origin's private file system, through synchronous handles. */

import { PIECE_BYTES, type Place, type Reader, type Store, type Writer } from "./store.js";

/** Under this folder of the origin's. */
const FOLDER = "senselm";
/** A tab that was closed a moment ago may still hold a file, and a writer that ended just now. */
const PATIENCE_MS = 3000;
const PAUSE_MS = 50;

/** What browsers have that TypeScript's library does not know yet. */
interface Lockable {
  createSyncAccessHandle(options: {
    mode: "readwrite" | "read-only";
  }): Promise<FileSystemSyncAccessHandle>;
}

/** The store, or an error where the browser has none or refuses it. */
export async function openOpfs(): Promise<Store> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  if (!("createSyncAccessHandle" in FileSystemFileHandle.prototype)) {
    throw new DOMException("there are no synchronous handles", "NotSupportedError");
  }
  return {
    kind: "opfs",
    async open(file, length) {
      const handle = await existing(folder, file);
      const reader = handle && (await openReader(handle));
      if (reader && reader.length !== length) {
        reader.close();
        return null;
      }
      return reader;
    },
    async append(file, length) {
      const handle = await folder.getFileHandle(file, { create: true });
      const access = await patiently(() => handle.createSyncAccessHandle());
      if (access.getSize() < length) {
        access.close();
        return null;
      }
      access.truncate(length);
      return new OpfsWriter(access, length);
    },
    async remove(file) {
      try {
        await folder.removeEntry(file);
        return true;
      } catch (error) {
        if (isNamed(error, "NotFoundError")) {
          return true;
        }
        if (isNamed(error, "NoModificationAllowedError") || isNamed(error, "InvalidStateError")) {
          return false;
        }
        throw error;
      }
    },
    async files() {
      const names = [];
      for await (const name of folder.keys()) {
        names.push(name);
      }
      return names;
    },
  };
}

async function existing(
  folder: FileSystemDirectoryHandle,
  file: string,
): Promise<FileSystemFileHandle | null> {
  try {
    return await folder.getFileHandle(file);
  } catch (error) {
    if (isNamed(error, "NotFoundError")) {
      return null;
    }
    throw error;
  }
}

/** Readers share a file where the browser has such handles; elsewhere a `File` is read. */
async function openReader(handle: FileSystemFileHandle): Promise<Reader> {
  if ("mode" in FileSystemSyncAccessHandle.prototype) {
    const lockable = handle as unknown as Lockable;
    const access = await patiently(() => lockable.createSyncAccessHandle({ mode: "read-only" }));
    return {
      length: access.getSize(),
      read: (length, place) => readHandle(access, length, place),
      close: () => {
        access.close();
      },
    };
  }
  const file = await handle.getFile();
  return {
    length: file.size,
    async read(length, place) {
      for (let at = 0; at < length; at += PIECE_BYTES) {
        const piece = await file.slice(at, Math.min(at + PIECE_BYTES, length)).arrayBuffer();
        place(at, piece.byteLength).set(new Uint8Array(piece));
      }
    },
    close: () => undefined,
  };
}

/** Opens a file as soon as nobody has it who excludes that. */
async function patiently(
  open: () => Promise<FileSystemSyncAccessHandle>,
): Promise<FileSystemSyncAccessHandle> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!isNamed(error, "NoModificationAllowedError") || performance.now() > until) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

// Promises only because the other store's reading takes time.
// eslint-disable-next-line @typescript-eslint/require-await
async function readHandle(
  access: FileSystemSyncAccessHandle,
  length: number,
  place: Place,
): Promise<void> {
  for (let at = 0; at < length; at += PIECE_BYTES) {
    const view = place(at, Math.min(PIECE_BYTES, length - at));
    if (access.read(view, { at }) < view.length) {
      throw new DOMException("the file is shorter than it was", "NotReadableError");
    }
  }
}

class OpfsWriter implements Writer {
  readonly #access: FileSystemSyncAccessHandle;
  length: number;

  constructor(access: FileSystemSyncAccessHandle, length: number) {
    this.#access = access;
    this.length = length;
  }

  write(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#access.write(bytes, { at: this.length }) < bytes.length) {
      throw tookLess();
    }
    this.length += bytes.length;
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async flush(): Promise<void> {
    this.#access.flush();
    // Chromium's private windows report more as written than their quota let through.
    if (this.#access.getSize() < this.length) {
      throw tookLess();
    }
  }

  read(length: number, place: Place): Promise<void> {
    return readHandle(this.#access, length, place);
  }

  close(): void {
    this.#access.close();
  }
}

function tookLess(): DOMException {
  return new DOMException("the disk took less than all", "QuotaExceededError");
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}
