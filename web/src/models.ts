/** The models that are kept in the browser, so that they load at once and without a network. */

import { type CallOptions, Connection } from "./connection.js";
import { SenseLMError } from "./errors.js";
import { onlyKnown } from "./known.js";
import type { CacheCalls, CachedModel, StorageUsage } from "./protocol.js";
import { absolute } from "./source.js";
import { startCacheWorker } from "./workers.js";

/**
 * How to install a model. The signal stops the download; what has arrived is
 * kept, and the next attempt goes on from there.
 */
export interface InstallOptions extends CallOptions {
  /** What `load` will take. The last part of the address or the file's name without it. */
  name?: string;
  /** What the file must be, in hexadecimal. Anything else is refused with `bad_hash`. */
  sha256?: string;
  /** Called as bytes arrive; `total` is null where the server does not say. */
  onProgress?: (loaded: number, total: number | null) => void;
  /** Fetches the model anew and puts it in the place of the one that has its name. */
  replace?: boolean;
}

const INSTALL_OPTIONS = ["name", "sha256", "replace", "onProgress", "signal"] as const;

/** The models that are kept in the browser. */
export interface Models {
  /** All of them, by name. */
  list(options?: CallOptions): Promise<CachedModel[]>;
  /** Whether there is one of this name. */
  has(name: string, options?: CallOptions): Promise<boolean>;
  /**
   * Removes a model. Tabs that have it loaded are not affected, as they have a
   * copy; `in_use` where one is reading it at this moment and does not end.
   */
  remove(name: string, options?: CallOptions): Promise<void>;
  /**
   * Keeps a model from an address or a file. An address that is installed already
   * is not fetched again. Fails with `quota` where there is no room, with
   * `no_storage` where the browser keeps nothing for this page.
   */
  install(source: string | URL | Blob, options?: InstallOptions): Promise<CachedModel>;
  /** How much is kept, and how much may be. */
  usage(options?: CallOptions): Promise<StorageUsage>;
  /**
   * Asks the browser not to clear this origin's storage for want of space. False
   * where it does not promise that; some browsers ask the user.
   */
  persist(): Promise<boolean>;
}

/** An idle worker is ended after this time. */
const IDLE_MS = 5000;

/** After these the next call needs another worker. */
const ENDED: readonly string[] = ["crashed", "no_worker"];

let connection: Connection<CacheCalls> | null = null;
let calls = 0;
let idle: ReturnType<typeof setTimeout> | undefined;

/** The models that are kept in the browser. */
export const models: Models = {
  list: (options) => call("list", null, options),
  has: (name, options) => call("has", { name }, options),
  async remove(name, options) {
    await call("remove", { name }, options);
  },
  async install(source, options = {}) {
    onlyKnown(options, INSTALL_OPTIONS);
    const { name = null, sha256 = null, replace = false, onProgress, signal } = options;
    const takes = {
      source: source instanceof Blob ? source : absolute(source),
      name,
      sha256,
      replace,
    };
    return call("install", takes, { onProgress, signal });
  },
  usage: (options) => call("usage", null, options),
  async persist() {
    try {
      return await navigator.storage.persist();
    } catch {
      // An old browser, or a page that is not secure.
      return false;
    }
  },
};

async function call<C extends keyof CacheCalls>(
  name: C,
  takes: CacheCalls[C]["takes"],
  options: Parameters<Connection<CacheCalls>["call"]>[2] = {},
): Promise<CacheCalls[C]["gives"]> {
  clearTimeout(idle);
  connection ??= new Connection<CacheCalls>(startCacheWorker());
  calls += 1;
  try {
    return await connection.call(name, takes, options);
  } catch (error) {
    if (error instanceof SenseLMError && ENDED.includes(error.code)) {
      connection = null;
    }
    throw error;
  } finally {
    calls -= 1;
    if (calls === 0) {
      idle = setTimeout(() => {
        connection?.close();
        connection = null;
      }, IDLE_MS);
    }
  }
}
