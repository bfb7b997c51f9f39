/** How sources and their states look. */

import type { Key } from "../i18n/index.svelte.js";
import type { SourceKind, SourceState } from "../sources/source.js";
import type { IconName } from "../ui/icons.js";

export const ICONS: Readonly<Record<SourceKind, IconName>> = {
  simulator: "pump",
  mqtt: "wifi",
  serial: "usb",
  bluetooth: "bluetooth",
  motion: "phone",
};

/** A source that is connected may say nothing. */
export const STATES: Readonly<Record<SourceState["kind"] | "silent", { tone: string; key: Key }>> =
  {
    connecting: { tone: "wait", key: "live.state.connecting" },
    open: { tone: "good", key: "live.state.open" },
    silent: { tone: "bad", key: "live.state.silent" },
    waiting: { tone: "warn", key: "live.state.waiting" },
    closed: { tone: "wait", key: "live.state.closed" },
    failed: { tone: "bad", key: "live.state.failed" },
  };
