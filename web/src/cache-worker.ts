/**
 * The worker that keeps models: it lists, removes and installs them without the
 * runtime. Calls run side by side; an install takes its time.
 */

import { Cache } from "./cache/cache.js";
import { install } from "./cache/install.js";
import { published } from "./cache/manifest.js";
import { anyName } from "./cache/names.js";
import { storageError } from "./cache/quota.js";
import { toFailure } from "./failure.js";
import type { CacheCalls, Request } from "./protocol.js";
import { onCall, reply } from "./serve.js";

onCall<CacheCalls>(serve);

async function serve(request: Request<CacheCalls>, signal: AbortSignal): Promise<void> {
  const { id } = request;
  try {
    const cache = await Cache.open();
    const result = await run(cache, request, signal);
    reply({ id, result });
    cache.sweepOnce();
  } catch (error) {
    // What the browser says of its storage, for a caller.
    const told = error instanceof DOMException ? await storageError(error, 0) : error;
    reply({ id, failure: toFailure(told) });
  }
}

async function run(
  cache: Cache,
  request: Request<CacheCalls>,
  signal: AbortSignal,
): Promise<unknown> {
  const { id } = request;
  switch (request.call) {
    case "list":
      return (await cache.manifest.entries()).map(published);
    case "has":
      return (await cache.manifest.find(anyName(request.takes.name), null)) !== null;
    case "remove":
      await cache.remove(anyName(request.takes.name));
      return null;
    case "usage":
      return cache.usage();
    case "install":
      return install(cache, request.takes, signal, (loaded, total) => {
        reply({ id, progress: { loaded, total } });
      });
  }
}
