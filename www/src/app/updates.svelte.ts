/**
 * The page's side of the service worker: a new version is announced, and
 * applied when the user agrees.
 */

import type { Variant } from "@senselm/web";
import type { Message } from "../sw/message.js";
import { busy } from "./busy.svelte.js";

/** How often a page that stays open asks for a new version. */
const CHECK_MS = 60 * 60 * 1000;

class Updates {
  #registration: ServiceWorkerRegistration | null = null;
  #waiting = $state.raw<ServiceWorker | null>(null);
  #elsewhere = $state(false);
  #agreed = false;

  /** Whether the user is being asked if what runs may be ended for it. */
  asking = $state(false);

  /** Whether a new version waits to be applied. */
  get ready(): boolean {
    return this.#waiting !== null;
  }

  /** Whether another tab applied one, and this page is older than its files. */
  get elsewhere(): boolean {
    return this.#elsewhere;
  }

  /**
   * Registers the worker. Where there is none (an insecure address, a private
   * window) the page works as long as the server does.
   */
  async start(): Promise<void> {
    if (!("serviceWorker" in navigator) || import.meta.env.DEV) {
      return;
    }
    const { serviceWorker } = navigator;
    let controlled = serviceWorker.controller !== null;
    serviceWorker.addEventListener("controllerchange", () => {
      if (this.#agreed) {
        location.reload();
      } else if (controlled) {
        this.#waiting = null;
        this.#elsewhere = true;
      }
      // The first one to take control is no update.
      controlled = true;
    });
    try {
      const registration = await serviceWorker.register("sw.js");
      this.#registration = registration;
      this.#watch(registration);
    } catch {
      return;
    }
    setInterval(() => {
      this.check();
    }, CHECK_MS);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") {
        this.check();
      }
    });
  }

  /** Asks for a new version now. Without the network there is none. */
  check(): void {
    this.#registration?.update().catch(() => undefined);
  }

  /** Tells the worker which build of the runtime to keep. */
  async inUse(variant: Variant): Promise<void> {
    if ("serviceWorker" in navigator && !import.meta.env.DEV) {
      const { active } = await navigator.serviceWorker.ready;
      active?.postMessage({ kind: "runtime", variant } satisfies Message);
    }
  }

  /** The user wants the new version; where something runs, asks whether now. */
  want(): void {
    if (busy.held) {
      this.asking = true;
    } else {
      this.apply();
    }
  }

  /** Applies the new version and loads the page anew: the user agreed to both. */
  apply(): void {
    busy.release();
    this.#agreed = true;
    if (this.#waiting) {
      this.#waiting.postMessage({ kind: "take-over" } satisfies Message);
    } else {
      location.reload();
    }
  }

  #watch(registration: ServiceWorkerRegistration): void {
    const announce = () => {
      // Without a worker in control this is the first version, not a new one.
      this.#waiting = navigator.serviceWorker.controller ? registration.waiting : null;
    };
    announce();
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", announce);
    });
  }
}

/** New versions of the page. */
export const updates = new Updates();
