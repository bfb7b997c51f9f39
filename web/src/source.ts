/** Where a model comes from, as a page means it and as a worker can use it. */

import { InputError } from "./errors.js";
import type { SentSource } from "./protocol.js";
import { needBrowser } from "./workers.js";

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
  return source instanceof Blob || source instanceof ArrayBuffer ? source : absolute(source);
}

/** An address as a worker can use it, which has another base to resolve against. */
export function absolute(address: string | URL): string {
  if (typeof address !== "string" && !((address as unknown) instanceof URL)) {
    const message = "a model comes from an address, a name, a Blob, an ArrayBuffer or a Uint8Array";
    throw new InputError("bad_input", message);
  }
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
  needBrowser();
  return typeof document === "undefined" ? location.href : document.baseURI;
}
