/** How much room there is, and errors that say what to do where there is none. */

import { SenseLMError, StorageError } from "../errors.js";

/** What the browser says about the origin's storage. */
export interface Estimate {
  used: number;
  /** Null where the browser does not say. */
  quota: number | null;
}

/** What is used and what may be. Browsers round, and count with a delay. */
export async function estimate(): Promise<Estimate> {
  try {
    const { usage = 0, quota = null } = await navigator.storage.estimate();
    return { used: usage, quota };
  } catch {
    return { used: 0, quota: null };
  }
}

/** Fails with `quota` where so many bytes more have no room. */
export async function checkRoom(needed: number): Promise<void> {
  const { used, quota } = await estimate();
  if (quota !== null && needed > quota - used) {
    throw noRoom(needed, Math.max(quota - used, 0));
  }
}

/** What went wrong in the storage, for a caller: `quota`, or `no_storage`. */
export async function storageError(error: unknown, needed: number): Promise<SenseLMError> {
  if (error instanceof SenseLMError) {
    return error;
  }
  if (error instanceof Error && error.name === "QuotaExceededError") {
    const { used, quota } = await estimate();
    const free = quota === null ? null : Math.max(quota - used, 0);
    // Some browsers tell every page the same large quota, so as not to tell it the disk's size.
    return noRoom(needed, free !== null && free < needed ? free : null, error);
  }
  const message = "the browser's storage failed; the model can still be loaded without it";
  return new StorageError("no_storage", message, { cause: error });
}

function noRoom(needed: number, free: number | null, cause?: unknown): SenseLMError {
  const room = free === null ? "fewer are" : `${free} are`;
  const message =
    `keeping the model takes ${needed} bytes and ${room} free for this site: remove models that ` +
    "are not needed (models.remove), or make room on the device";
  return new StorageError("quota", message, cause === undefined ? undefined : { cause });
}
