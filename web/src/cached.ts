/** Models that are kept in the browser, as the page sees them. */

/**
 * How a load uses the cache: `prefer` takes what is kept without asking the
 * server, `revalidate` asks whether it has changed, `reload` fetches it anew,
 * and `none` neither looks nor keeps.
 */
export type CacheMode = "prefer" | "revalidate" | "reload" | "none";

/** A model that is kept in the browser. */
export interface CachedModel {
  /** What `load` takes: the name it was installed under, or its address. */
  name: string;
  /** Where it came from; null where that was a file. */
  url: string | null;
  /** The length of the file. */
  bytes: number;
  /** Of the whole file, in hexadecimal. */
  sha256: string;
  /** When, as ISO 8601. */
  installed: string;
  /** When it was last loaded, as ISO 8601. */
  used: string;
  /** The version, as the server names it. */
  etag: string | null;
}

/** What is kept in the browser, in bytes. */
export interface StorageUsage {
  /** What the models take. */
  models: number;
  /** What everything of this origin takes, as far as the browser tells. */
  used: number;
  /** What this origin may take; null where the browser does not say. */
  quota: number | null;
  /** Whether the browser promised not to clear it for want of space. */
  persisted: boolean;
  /** What models are kept in. */
  store: "opfs" | "indexeddb";
}
