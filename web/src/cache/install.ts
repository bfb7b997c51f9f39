/** Puts a model into the cache without loading it. */

import { InputError, StorageError } from "../errors.js";
import type { CacheCalls, CachedModel } from "../protocol.js";
import type { Cache } from "./cache.js";
import { fetchInto, fitting } from "./fetch.js";
import { type Incoming, Streamed } from "./incoming.js";
import { type Entry, nameTaken, type Naming, published } from "./manifest.js";
import { cacheable, checkedName, checkedSha256, nameLike, nameOfUrl } from "./names.js";
import { storageError } from "./quota.js";
import { Saver } from "./saver.js";
import type { OnProgress } from "./stream.js";

/** Brings a file into the cache, or finds it there. */
export async function install(
  cache: Cache,
  takes: CacheCalls["install"]["takes"],
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<CachedModel> {
  const { source, replace } = takes;
  const name = takes.name === null ? null : checkedName(takes.name);
  const sha256 = checkedSha256(takes.sha256);
  if (typeof source === "string") {
    return fromUrl(cache, { url: source, name, sha256, replace }, signal, onProgress);
  }
  if (!(source instanceof Blob)) {
    throw new InputError("bad_input", "a model is installed from an address or a file");
  }
  if (name !== null && !replace && (await cache.manifest.find(name, null))) {
    throw nameTaken(name);
  }
  const given = source instanceof File ? nameLike(source.name) : "model";
  const taken = replace ? "replace" : "refuse";
  const naming: Naming = name === null ? { name: given, taken: "number" } : { name, taken };
  return keep(await fromBlob(cache, source, sha256, naming), signal, onProgress);
}

interface FromUrl {
  url: string;
  name: string | null;
  sha256: string | null;
  replace: boolean;
}

async function fromUrl(
  cache: Cache,
  { url, name, sha256, replace }: FromUrl,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<CachedModel> {
  if (!cacheable(url)) {
    throw new InputError("bad_input", "a model is installed from an http(s) address or a file");
  }
  const { manifest } = cache;
  /** What is there from this address: under this name, or as a load kept it. */
  const find = async () => {
    const named = await (name === null ? manifest.find(null, url) : manifest.find(name, null));
    return named?.url === url ? named : manifest.find(url, null);
  };
  const entry = await find();
  const naming = namingOf(url, name, entry, replace);
  if (naming.taken === "refuse" && (await manifest.find(naming.name, null))) {
    throw nameTaken(naming.name);
  }
  let model = entry && !replace && fitting(entry, sha256) ? published(entry) : null;
  if (!model) {
    const mode = replace ? "reload" : "prefer";
    const order = { url, mode, sha256, entry, naming, mustKeep: true, find } as const;
    model = await keep(await fetchInto(cache, order, signal, onProgress), signal, onProgress);
  }
  return isUnnamed(model) ? cache.rename(model.name, naming) : model;
}

function namingOf(url: string, name: string | null, entry: Entry | null, replace: boolean): Naming {
  if (name !== null) {
    return { name, taken: replace || entry?.name === name ? "replace" : "refuse" };
  }
  return entry && !isUnnamed(entry)
    ? { name: entry.name, taken: "replace" }
    : { name: nameOfUrl(url), taken: "number" };
}

/** Whether a load kept it: it goes by its address until it is installed. */
function isUnnamed({ name, url }: CachedModel): boolean {
  return name === url;
}

async function fromBlob(
  cache: Cache,
  blob: Blob,
  sha256: string | null,
  naming: Naming,
): Promise<Incoming> {
  const length = blob.size;
  try {
    const subject = { url: null, total: length, resumable: false, etag: null, modified: null };
    const saving = { cache, saver: await Saver.begin(cache, subject), naming };
    const chunks = blob.stream();
    return new Streamed({
      ...{ length, chunks, sha256, saving },
      ...{ because: null, mustKeep: true, turn: null },
    });
  } catch (error) {
    throw await storageError(error, length);
  }
}

async function keep(
  incoming: Incoming,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<CachedModel> {
  await incoming.bring(null, signal, onProgress);
  const { model, because } = await incoming.accept();
  if (!model) {
    throw because ?? new StorageError("no_storage", "the model could not be kept");
  }
  return model;
}
