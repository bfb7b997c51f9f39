/** Objects of the runtime that the page names by a number. */

import { InputError, SenseLMError } from "./errors.js";

/** More than a page has any use for are most likely never closed. */
const MOST = 64;

/** What is open, by its number. */
export class Handles<T> {
  readonly #what: string;
  readonly #open = new Map<number, T>();
  #next = 0;

  constructor(what: string) {
    this.#what = what;
  }

  open(object: T): number {
    if (this.#open.size >= MOST) {
      const message = `${MOST} ${this.#what}s are open: close those that are done`;
      throw new InputError("bad_input", message);
    }
    const handle = this.#next++;
    this.#open.set(handle, object);
    return handle;
  }

  find(handle: number): T {
    const object = this.#open.get(handle);
    if (object === undefined) {
      throw new SenseLMError("closed", `this ${this.#what} was closed; open it again`);
    }
    return object;
  }

  close(handle: number): T {
    const object = this.find(handle);
    this.#open.delete(handle);
    return object;
  }
}
