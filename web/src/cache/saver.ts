/**
 * Keeps a file while it streams by. What is kept becomes an entry of the
 * manifest at the end and not before; a download that breaks off leaves a part,
 * of which the manifest knows how much is certain.
 */

import { ModelError } from "../errors.js";
import { type Cache, newFile } from "./cache.js";
import { Sha256 } from "./hash.js";
import { type Held, hold, ofFile } from "./locks.js";
import type { Entry, Naming, Part, Version } from "./manifest.js";
import type { Place, Writer } from "./store.js";

/** How often it is noted how far a download is: as much as a crash may cost. */
const CHECKPOINT_MS = 500;
/** Every model file begins with these bytes. */
const MAGIC = "GGUF";

/** What is being kept. */
export interface Subject extends Version {
  /** Null for what came from a file. */
  url: string | null;
  total: number;
  /** Whether a later attempt can go on with it. */
  resumable: boolean;
}

/** A file that is being kept. */
export class Saver {
  readonly #cache: Cache;
  readonly #subject: Subject;
  readonly #file: string;
  readonly #writer: Writer;
  readonly #held: Held | null;
  /** What came so far; the stored bytes were hashed again to get here. */
  readonly hash: Sha256;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The latest checkpoint; one follows the other. */
  #noted: Promise<void> = Promise.resolve();
  #due = false;
  #writing = false;
  #open = true;

  private constructor(cache: Cache, subject: Subject, opened: Opened) {
    this.#cache = cache;
    this.#subject = subject;
    this.#file = opened.file;
    this.#writer = opened.writer;
    this.#held = opened.held;
    this.hash = opened.hash;
  }

  /** Begins a new file. */
  static async begin(cache: Cache, subject: Subject): Promise<Saver> {
    const file = newFile();
    const held = await hold(ofFile(file));
    try {
      const writer = await cache.store.append(file, 0);
      if (!writer) {
        throw new DOMException("an empty file cannot be made", "UnknownError");
      }
      return new Saver(cache, subject, { file, writer, held, hash: new Sha256() });
    } catch (error) {
      held?.release();
      throw error;
    }
  }

  /** Goes on with a part; null where its bytes are not those that were noted. */
  static async resume(cache: Cache, part: Part, signal: AbortSignal): Promise<Saver | null> {
    const held = await hold(ofFile(part.file), { signal });
    let writer: Writer | null = null;
    try {
      writer = await cache.store.append(part.file, part.bytes);
      const hash = writer && (await hashed(writer, part.bytes));
      if (writer && hash?.digest() === part.sha256) {
        return new Saver(
          cache,
          { ...part, resumable: true },
          { file: part.file, writer, held, hash },
        );
      }
      writer?.close();
      await cache.store.remove(part.file);
      await cache.manifest.dropPart(part.url, part.file);
    } catch (error) {
      writer?.close();
      held?.release();
      throw error;
    }
    held?.release();
    return null;
  }

  /** How many bytes are there. */
  get length(): number {
    return this.#writer.length;
  }

  /** How many there will be. */
  get total(): number {
    return this.#subject.total;
  }

  /** Copies the bytes that were there when this began to where `place` says. */
  read(length: number, place: Place): Promise<void> {
    return this.#writer.read(length, place);
  }

  /** Appends bytes, which were hashed just before. */
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#due = true;
      this.#checkpointIfDue();
    }, CHECKPOINT_MS);
    this.#writing = true;
    await this.#writer.write(bytes);
    this.#writing = false;
    this.#checkpointIfDue();
  }

  /** Makes it a model of the cache. Gives its entry. */
  async commit(sha256: string, naming: Naming): Promise<Entry> {
    await this.#still();
    await this.#writer.flush();
    await this.#checkMagic();
    this.#close();
    const now = new Date().toISOString();
    const { url, etag, modified, total } = this.#subject;
    const entry: Entry = {
      name: naming.name,
      url,
      bytes: total,
      sha256,
      installed: now,
      used: now,
      etag,
      modified,
      file: this.#file,
      store: this.#cache.store.kind,
    };
    try {
      const committed = await this.#cache.manifest.commit(entry, naming);
      if (committed.old !== null) {
        // A tab that is reading it finishes; then a later load sweeps it up.
        void this.#cache.removeFile(committed.old).catch(() => false);
      }
      return committed.entry;
    } catch (error) {
      await this.#forget();
      throw error;
    } finally {
      this.#held?.release();
    }
  }

  /** Stops, and leaves what can be resumed. */
  async suspend(): Promise<void> {
    if (!this.#open) {
      return;
    }
    if (!this.#subject.resumable) {
      await this.discard();
      return;
    }
    await this.#still();
    if (!this.#writing) {
      await this.#checkpoint(this.#noted).catch(() => undefined);
    }
    this.#close();
    this.#held?.release();
  }

  /** Stops, and leaves nothing. */
  async discard(): Promise<void> {
    if (!this.#open) {
      return;
    }
    await this.#still();
    this.#close();
    await this.#forget();
    this.#held?.release();
  }

  async #forget(): Promise<void> {
    const { url } = this.#subject;
    try {
      await this.#cache.store.remove(this.#file);
      if (url !== null) {
        await this.#cache.manifest.dropPart(url, this.#file);
      }
    } catch {
      // The storage fails; what is left belongs to no entry, and is swept up.
    }
  }

  /** An error page with a good status is a common thing to get for a model. */
  async #checkMagic(): Promise<void> {
    const head = new Uint8Array(MAGIC.length);
    const length = Math.min(this.length, head.length);
    await this.#writer.read(length, (at) => head.subarray(at, length));
    if (new TextDecoder().decode(head) !== MAGIC) {
      const message = "this is no GGUF file: check that the address gives the model itself";
      throw new ModelError("bad_model", message);
    }
  }

  /** No checkpoint is under way or to come. */
  async #still(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#noted;
  }

  #close(): void {
    this.#open = false;
    this.#writer.close();
  }

  /** Not while bytes are on their way to the disk: they are hashed already. */
  #checkpointIfDue(): void {
    if (this.#due && !this.#writing && this.#open) {
      this.#due = false;
      // A checkpoint that fails is one less; writing on fails with the reason.
      this.#noted = this.#checkpoint(this.#noted).catch(() => undefined);
    }
  }

  async #checkpoint(before: Promise<void>): Promise<void> {
    const { length } = this.#writer;
    const digest = this.hash.digest();
    await before;
    await this.#writer.flush();
    await this.#note(length, digest);
  }

  async #note(bytes: number, sha256: string): Promise<void> {
    const { url, etag, modified, total } = this.#subject;
    if (url === null || !this.#subject.resumable) {
      return;
    }
    const { store, manifest } = this.#cache;
    const at = Date.now();
    const file = this.#file;
    await manifest.setPart({
      url,
      etag,
      modified,
      total,
      file,
      store: store.kind,
      bytes,
      sha256,
      at,
    });
  }
}

interface Opened {
  file: string;
  writer: Writer;
  held: Held | null;
  hash: Sha256;
}

async function hashed(writer: Writer, length: number): Promise<Sha256> {
  const hash = new Sha256();
  let last = new Uint8Array();
  await writer.read(length, (_, size) => {
    // Each piece is filled when the next is asked for.
    hash.update(last);
    last = last.length === size ? last : new Uint8Array(size);
    return last;
  });
  hash.update(last);
  return hash;
}
