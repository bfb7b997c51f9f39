/** Finds the model that a load asks for: in the cache, on a server, or in what was given. */

import { DownloadError, InputError, SenseLMError } from "../errors.js";
import type { CacheMode, SentSource } from "../protocol.js";
import { Cache } from "./cache.js";
import { fetchInto, fitting, type Measured, measured, openStored } from "./fetch.js";
import { ask } from "./http.js";
import { type Incoming, Streamed } from "./incoming.js";
import type { Entry } from "./manifest.js";
import { cacheable, checkedSha256 } from "./names.js";
import { storageError } from "./quota.js";
import type { OnProgress } from "./stream.js";

/** What is to be loaded, as the page asks for it. */
export interface Wanted {
  source: SentSource;
  name: string | null;
  cache: CacheMode;
  sha256: string | null;
}

const MODES: readonly string[] = ["prefer", "revalidate", "reload", "none"] satisfies CacheMode[];

/** Finds it. What is on a server is asked for here, and read by the caller. */
export async function openModel(
  wanted: Wanted,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<Incoming> {
  const { source, name, cache: mode } = wanted;
  const sha256 = checkedSha256(wanted.sha256);
  if (!MODES.includes(mode)) {
    throw new InputError("bad_input", `cache is one of ${MODES.join(", ")}`);
  }
  if (typeof source !== "string") {
    const blob = source instanceof Blob ? source : new Blob([source]);
    return uncached({ length: blob.size, chunks: blob.stream() }, sha256, null);
  }
  const fetched = async (because: SenseLMError | null) => {
    const answered = await ask(source, { fresh: mode === "reload" }, signal);
    return uncached(await measured(answered, signal, onProgress), sha256, because);
  };
  if (mode === "none") {
    return fetched(null);
  }
  let cache: Cache;
  let found: Entry | null;
  const find = () => cache.manifest.find(name, source);
  try {
    cache = await Cache.open();
    found = await find();
  } catch (error) {
    return fetched(await storageError(error, 0));
  }
  cache.sweepOnce();
  const stored = found && (await usable(cache, found, mode, sha256));
  if (stored) {
    return stored;
  }
  const url = found?.url ?? source;
  if (!cacheable(url)) {
    return fetched(null);
  }
  return fetchInto(
    cache,
    {
      url,
      mode,
      sha256,
      entry: found,
      naming: { name: found?.name ?? url, taken: "replace" },
      mustKeep: false,
      find,
    },
    signal,
    onProgress,
  );
}

/** What is kept, where that will do without asking anybody. */
async function usable(
  cache: Cache,
  entry: Entry,
  mode: CacheMode,
  sha256: string | null,
): Promise<Incoming | null> {
  if (entry.url !== null) {
    return mode === "prefer" && fitting(entry, sha256) ? openStored(cache, entry) : null;
  }
  if (mode === "reload") {
    const message = `${entry.name} was installed from a file: install it again to replace it`;
    throw new InputError("bad_input", message);
  }
  if (!fitting(entry, sha256)) {
    const message = `the SHA-256 of ${entry.name} is ${entry.sha256}, and ${sha256} was expected`;
    throw new DownloadError("bad_hash", message);
  }
  return openStored(cache, entry);
}

function uncached(
  { length, chunks }: Measured,
  sha256: string | null,
  because: SenseLMError | null,
): Incoming {
  return new Streamed({
    length,
    chunks,
    sha256,
    saving: null,
    because,
    mustKeep: false,
    turn: null,
  });
}
