/** Addresses as a page means them. */

import { InputError } from "./errors.js";

/**
 * An address as a worker can use it, which has another base to resolve against
 * than the page. What is no text stays what it is.
 */
export function absolute<S>(source: S): S | string {
  if (typeof source !== "string") {
    return source;
  }
  try {
    const url = new URL(source, document.baseURI);
    url.hash = "";
    return url.href;
  } catch (error) {
    const message = "the source is neither an address nor the name of an installed model";
    throw new InputError("bad_input", message, { cause: error });
  }
}
