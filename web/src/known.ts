/** Options by their names: one that there is not is no default. */

import { InputError } from "./errors.js";

/**
 * Refuses an option that is none of these.
 *
 * @throws {@link InputError} with the code `bad_option`.
 */
export function onlyKnown<Options extends object>(
  options: Options,
  known: readonly (keyof Options & string)[],
): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !(known as readonly string[]).includes(name)) {
      const message = `there is no option ${name}; there are ${known.join(", ")}`;
      throw new InputError("bad_option", message);
    }
  }
}
