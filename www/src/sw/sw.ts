/**
 * Keeps the whole page, so that it works with the network off from the first
 * visit on, and serves it without asking anybody.
 *
 * A new version is fetched in the background and waits: pages decide when it
 * takes over (src/app/updates.svelte.ts), because a reload ends what they do.
 */

import { bestVariant, type Variant } from "@senselm/web";
import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
} from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { CacheFirst } from "workbox-strategies";
import { isMessage } from "./message.js";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string }[] };
/** The files of each build of the runtime; the build of the page fills them in. */
declare const RUNTIMES: Partial<Record<Variant, string[]>>;

const RUNTIME_CACHE = "senselm-runtime";
const runtimes = RUNTIMES;

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL("index.html")));
registerRoute(({ url }) => addresses().has(url.href), new CacheFirst({ cacheName: RUNTIME_CACHE }));

self.addEventListener("install", (event) => {
  event.waitUntil(keepRuntime(bestVariant()));
});

self.addEventListener("activate", (event) => {
  // The page of the first visit was loaded without a worker; it gets one now.
  event.waitUntil(Promise.all([forgetOldRuntimes(), self.clients.claim()]));
});

self.addEventListener("message", (event) => {
  const message: unknown = event.data;
  if (!isMessage(message)) {
    return;
  }
  if (message.kind === "take-over") {
    event.waitUntil(self.skipWaiting());
  } else {
    // Without the network it is too late to keep it; the next visit tries again.
    event.waitUntil(keepRuntime(message.variant).catch(() => undefined));
  }
});

/** Fetches a build of the runtime, unless it is here. */
async function keepRuntime(variant: Variant): Promise<void> {
  const cache = await caches.open(RUNTIME_CACHE);
  const missing = await Promise.all(
    (runtimes[variant] ?? []).map(async (path) => {
      const url = new URL(path, self.registration.scope).href;
      return (await cache.match(url)) ? [] : [url];
    }),
  );
  await cache.addAll(missing.flat());
}

/** Where the files of all builds are. */
function addresses(): Set<string> {
  const { scope } = self.registration;
  return new Set(
    Object.values(runtimes)
      .flat()
      .map((path) => new URL(path, scope).href),
  );
}

/** Names change with the content, so what this version does not name is old. */
async function forgetOldRuntimes(): Promise<void> {
  const present = addresses();
  const cache = await caches.open(RUNTIME_CACHE);
  const old = (await cache.keys()).filter(({ url }) => !present.has(url));
  await Promise.all(old.map((request) => cache.delete(request)));
}
