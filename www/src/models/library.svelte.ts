/** The models on this device: the one that comes with the page, and the installed ones. */

import {
  type CachedModel,
  type Info,
  ModelError,
  models,
  SenseLM,
  SenseLMError,
  type StorageUsage,
} from "@senselm/web";
import { active, BUNDLED, BUNDLED_URL } from "./active.svelte.js";

/** A model of the list. */
export interface Entry {
  name: string;
  bundled: boolean;
  /** Where it came from; null for a file. */
  url: string | null;
  bytes: number | null;
  sha256: string | null;
  installed: string | null;
}

/** What an installation is told, and tells. */
export interface Installing {
  sha256?: string;
  signal: AbortSignal;
  onProgress: (loaded: number, total: number | null) => void;
}

class Library {
  #installed = $state.raw<readonly CachedModel[]>([]);
  #bundled = $state.raw<Pick<Entry, "bytes" | "sha256">>({ bytes: null, sha256: null });
  #usage = $state.raw<StorageUsage | null>(null);
  #problem = $state<string | null>(null);
  /** What was read from files that are not in use. */
  readonly #known = new Map<string, Promise<Info>>();

  /** The bundled model, then the installed ones, the newest first. */
  get entries(): Entry[] {
    const bundled = { name: BUNDLED, bundled: true, url: null, installed: null, ...this.#bundled };
    const installed = this.#installed
      .map(({ name, url, bytes, sha256, installed }) => {
        return { name, bundled: false, url, bytes, sha256, installed };
      })
      .sort((a, b) => b.installed.localeCompare(a.installed));
    return [bundled, ...installed];
  }

  /** How much is stored, where the browser tells. */
  get usage(): StorageUsage | null {
    return this.#usage;
  }

  /** Why nothing can be installed here, or null. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Reads the list anew. It does not reject. */
  async refresh(): Promise<void> {
    try {
      [this.#installed, this.#usage] = await Promise.all([models.list(), models.usage()]);
      this.#problem = null;
    } catch (error) {
      this.#problem = error instanceof SenseLMError ? error.message : String(error);
    }
    await this.#weighBundled();
  }

  /** Installs a model and looks into it: what is none is not kept. */
  async install(
    source: string | Blob,
    { sha256, signal, onProgress }: Installing,
  ): Promise<string> {
    const options = { signal, onProgress, ...(sha256 ? { sha256 } : {}), ...reserved(source) };
    const { name } = await models.install(source, options);
    try {
      this.#known.delete(name);
      await this.describe(name);
    } catch (error) {
      if (error instanceof ModelError) {
        await models.remove(name);
      }
      throw error;
    } finally {
      await this.refresh();
    }
    return name;
  }

  /** Removes an installed model; the bundled one takes its place where it is in use. */
  async remove(name: string): Promise<void> {
    if (active.name === name) {
      await active.use(BUNDLED);
    }
    await models.remove(name);
    this.#known.delete(name);
    await this.refresh();
  }

  /** Asks the browser to keep what is stored when space gets short. */
  async persist(): Promise<boolean> {
    const granted = await models.persist();
    await this.refresh();
    return granted;
  }

  /** What a model's file says. One that is not in use is loaded for it and let go of. */
  describe(name: string): Promise<Info> {
    if (active.info && active.name === name && active.status === "ready") {
      return Promise.resolve(active.info);
    }
    const known = this.#known.get(name) ?? read(name);
    this.#known.set(name, known);
    known.catch(() => this.#known.delete(name));
    return known;
  }

  /** The bundled model is no entry of the store: its file says how large it is. */
  async #weighBundled(): Promise<void> {
    if (this.#bundled.sha256 !== null) {
      return;
    }
    try {
      const bytes = await (await fetch(BUNDLED_URL)).arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      this.#bundled = { bytes: bytes.byteLength, sha256 };
    } catch {
      // Without the network or a secure address its card says less.
    }
  }
}

async function read(name: string): Promise<Info> {
  const model =
    name === BUNDLED
      ? await SenseLM.load(BUNDLED_URL, { backend: "cpu", cache: "none" })
      : await SenseLM.load(name, { backend: "cpu", cache: "prefer" });
  model.close();
  return model.info;
}

/** The bundled model's name is taken, whatever the file is called. */
function reserved(source: string | Blob): { name?: string } {
  const path = typeof source === "string" ? source : source instanceof File ? source.name : "";
  return path.split(/[?#]/)[0]?.split("/").at(-1) === BUNDLED ? { name: `${BUNDLED}.gguf` } : {};
}

/** The models on this device. */
export const library = new Library();
