/** Where a model comes from, as a page means it and as a worker can use it. */

import { InputError, SenseLMError } from "./errors.js";
import type { SentSource } from "./protocol.js";

/**
 * Where a model comes from: an address, the name of an installed model, a file,
 * or bytes. An `ArrayBuffer` is handed over, a `Uint8Array` copied.
 */
export type ModelSource = string | URL | Blob | ArrayBuffer | Uint8Array;

/** A source as it is sent to a worker. */
export function toSend(source: ModelSource): SentSource {
  if (source instanceof Uint8Array) {
    return new Uint8Array(source).buffer;
  }
  if (source instanceof Blob || source instanceof ArrayBuffer) {
    return source;
  }
  if (typeof source === "string" || source instanceof URL) {
    return absolute(source);
  }
  const message = "a model's source is an address, a name, a Blob, an ArrayBuffer or a Uint8Array";
  throw new InputError("bad_input", message);
}

/** An address as a worker can use it, which has another base to resolve against. */
export function absolute(address: string | URL): string {
  const from = base();
  try {
    const url = new URL(address, from);
    url.hash = "";
    return url.href;
  } catch (error) {
    const message = "the source is neither an address nor the name of an installed model";
    throw new InputError("bad_input", message, { cause: error });
  }
}

/** A page's own worker, which may use this package too, has no document. */
function base(): string {
  if (typeof location === "undefined") {
    const message = "models are loaded in a browser: call this when the page has loaded";
    throw new SenseLMError("no_worker", message);
  }
  return typeof document === "undefined" ? location.href : document.baseURI;
}
