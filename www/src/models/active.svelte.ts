/** The model in use. There is one at a time, and every view asks it. */

import {
  type BackendChange,
  type Info,
  models,
  SenseLM,
  SenseLMError,
  StorageError,
} from "@senselm/web";
import { keep, kept } from "../app/storage.js";

/** The name of the model that comes with the page. */
export const BUNDLED = "pump";
/** Where it is; the service worker keeps it. */
export const BUNDLED_URL = "models/pump.gguf";

const KEY = "model";

class Active {
  #model = $state.raw<SenseLM | null>(null);
  #name = $state("");
  /** The name of `#model`, which differs from `#name` while another is loaded. */
  #inUse = "";
  #status = $state<"loading" | "ready" | "failed">("loading");
  #loaded = $state(0);
  #total = $state<number | null>(null);
  #error = $state<string | null>(null);
  #backendChange = $state.raw<BackendChange | null>(null);
  #fallback = $state.raw<{ name: string; reason: string } | null>(null);
  #loading: AbortController | null = null;

  /** The model; while another one is loaded, still the one before. */
  get model(): SenseLM | null {
    return this.#model;
  }

  /** The name of the model, or of the one that is being loaded. */
  get name(): string {
    return this.#name;
  }

  get info(): Info | null {
    return this.#model?.info ?? null;
  }

  get status(): "loading" | "ready" | "failed" {
    return this.#status;
  }

  /** Bytes that have arrived, and how many there are where the server says it. */
  get loaded(): number {
    return this.#loaded;
  }

  get total(): number | null {
    return this.#total;
  }

  /** Why the latest load failed; a model from before may still be in use. */
  get error(): string | null {
    return this.#error;
  }

  /** What happened to the GPU last, since this model was loaded. */
  get backendChange(): BackendChange | null {
    return this.#backendChange;
  }

  /** The model that was wanted at the start, where the bundled one stands in for it. */
  get fallback(): { name: string; reason: string } | null {
    return this.#fallback;
  }

  /** Loads the model of the last visit, or the bundled one where that fails. */
  restore(): void {
    const name = kept(KEY) ?? BUNDLED;
    void this.use(name).then(async () => {
      if (this.#status === "failed" && name !== BUNDLED) {
        const reason = this.#error ?? "";
        await this.use(BUNDLED);
        this.#fallback = { name, reason };
      }
    });
  }

  /**
   * Loads a model and then lets go of the one before. It does not reject:
   * `status` and `error` say how it went. A later call ends an earlier one.
   */
  async use(name: string): Promise<void> {
    this.#loading?.abort();
    const loading = (this.#loading = new AbortController());
    const before = this.#model;
    this.#name = name;
    this.#status = "loading";
    this.#loaded = 0;
    this.#total = null;
    this.#error = null;
    this.#fallback = null;
    let change: BackendChange | null = null;
    let shown = false;
    try {
      const bundled = name === BUNDLED;
      // Without this the name of a removed model would be asked of the server.
      if (!bundled && !(await models.has(name))) {
        throw new StorageError("not_cached", `${name} is not on this device; install it again`);
      }
      const model = await SenseLM.load(bundled ? BUNDLED_URL : name, {
        // The service worker has the bundled model; a second copy would be waste.
        cache: bundled ? "none" : "prefer",
        signal: loading.signal,
        onProgress: (loaded, total) => {
          if (this.#loading === loading) {
            this.#loaded = loaded;
            this.#total = total;
          }
        },
        onBackendChange: (latest) => {
          change = latest;
          if (shown) {
            this.#backendChange = latest;
          }
        },
      });
      if (this.#loading !== loading) {
        model.close();
        return;
      }
      shown = true;
      this.#model = model;
      this.#inUse = name;
      this.#backendChange = change;
      this.#status = "ready";
      keep(KEY, name === BUNDLED ? null : name);
      before?.close();
    } catch (error) {
      if (this.#loading !== loading) {
        return;
      }
      this.#error = error instanceof SenseLMError ? error.message : String(error);
      this.#status = before ? "ready" : "failed";
      if (before) {
        this.#name = this.#inUse;
      }
    }
  }
}

/** The model in use. */
export const active = new Active();
