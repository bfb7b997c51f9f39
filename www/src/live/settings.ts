/** What stands in the forms of the sources, and what of it is remembered. */

import { keep, kept } from "../app/storage.js";
import type { SourceKind } from "../sources/source.js";

export const QOS = ["0", "1"] as const;
export const HOLDS = ["auto", "readings", "value"] as const;

/** The fields of every source, as they are typed. */
export interface Settings {
  kind: SourceKind;
  mqtt: {
    url: string;
    /** One topic filter a line. */
    topics: string;
    username: string;
    password: string;
    keepPassword: boolean;
    qos: (typeof QOS)[number];
    holds: (typeof HOLDS)[number];
    path: string;
    columns: string;
    time: string;
  };
  serial: { baud: string; columns: string; time: string };
  bluetooth: { name: string };
}

const DEFAULTS: Settings = {
  kind: "simulator",
  mqtt: {
    url: "",
    topics: "",
    username: "",
    password: "",
    keepPassword: false,
    qos: "1",
    holds: "auto",
    path: "",
    columns: "",
    time: "",
  },
  serial: { baud: "115200", columns: "", time: "" },
  bluetooth: { name: "" },
};

/** The fields that hold one of a few words. */
const CHOICES: Readonly<Record<string, readonly string[] | undefined>> = {
  kind: ["simulator", "mqtt", "serial", "bluetooth", "motion"],
  qos: QOS,
  holds: HOLDS,
};

const KEY = "live.source";

/** The filled lines of a text. */
export function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Names between commas. */
export function names(text: string): string[] {
  return text.trim() === "" ? [] : text.split(",").map((name) => name.trim());
}

/** What was chosen last. */
export function remembered(): Settings {
  try {
    return merged(DEFAULTS, JSON.parse(kept(KEY) ?? "{}")) as Settings;
  } catch {
    return structuredClone(DEFAULTS);
  }
}

/** Keeps the choice for the next visit; the password only where that was asked for. */
export function remember(settings: Settings): void {
  const { mqtt } = settings;
  const password = mqtt.keepPassword ? mqtt.password : "";
  keep(KEY, JSON.stringify({ ...settings, mqtt: { ...mqtt, password } }));
}

/** What was stored, where it has the shape of what is known. */
function merged(known: unknown, stored: unknown): unknown {
  if (typeof known !== "object" || known === null) {
    return typeof stored === typeof known ? stored : known;
  }
  const has = typeof stored === "object" && stored !== null ? stored : {};
  const entries = Object.entries(known).map(([key, value]): [string, unknown] => {
    const found = merged(value, (has as Record<string, unknown>)[key]);
    const isChoice = CHOICES[key]?.includes(found as string) ?? true;
    return [key, isChoice ? found : value];
  });
  return Object.fromEntries(entries);
}
