/** What the page says to its service worker. */

import type { Variant } from "@senselm/web";

export type Message =
  /** Replace the version that is in use: the user agreed. */
  | { kind: "take-over" }
  /** This build of the runtime is in use: have it when the network is off. */
  | { kind: "runtime"; variant: Variant };

/** Whether something is a message; other scripts may post to the worker, too. */
export function isMessage(value: unknown): value is Message {
  if (typeof value !== "object" || value === null || !("kind" in value)) {
    return false;
  }
  return (
    value.kind === "take-over" ||
    (value.kind === "runtime" && "variant" in value && typeof value.variant === "string")
  );
}
