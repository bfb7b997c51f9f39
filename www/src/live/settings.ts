/** What the forms of the sources hold, what is wrong with it, and what is remembered. */

import { keep, kept } from "../app/storage.js";
import type { SourceKind } from "../sources/source.js";

/** How many times faster than real time the simulator may run. */
export const SPEEDS = ["1", "10", "60"] as const;
export const BAUD_RATES = ["9600", "19200", "38400", "57600", "115200", "230400", "921600"] as const;
export const QOS = ["0", "1", "2"] as const;
export const SHAPES = ["auto", "object", "array", "csv", "number"] as const;

/** What stands in the fields of every source. */
export interface Settings {
  kind: SourceKind;
  simulator: { speed: (typeof SPEEDS)[number] };
  mqtt: {
    url: string;
    /** One topic filter a line. */
    topics: string;
    username: string;
    password: string;
    keepPassword: boolean;
    qos: (typeof QOS)[number];
    shape: (typeof SHAPES)[number];
    path: string;
    columns: string;
    time: string;
  };
  serial: { baud: string; columns: string };
  motion: { rate: string };
}

export const DEFAULTS: Settings = {
  kind: "simulator",
  simulator: { speed: "10" },
  mqtt: {
    url: "",
    topics: "",
    username: "",
    password: "",
    keepPassword: false,
    qos: "1",
    shape: "auto",
    path: "",
    columns: "",
    time: "",
  },
  serial: { baud: "115200", columns: "" },
  motion: { rate: "" },
};

/** A field that cannot be used as it is. */
export type FieldName = "url" | "topics" | "baud" | "rate";
export type FieldErrors = Partial<Record<FieldName, true>>;

/** What is wrong with the settings of the chosen source. */
export function check(settings: Settings): FieldErrors {
  switch (settings.kind) {
    case "mqtt": {
      const { url, topics } = settings.mqtt;
      return {
        ...(isBroker(url) ? {} : { url: true }),
        ...(lines(topics).length > 0 ? {} : { topics: true }),
      };
    }
    case "serial": {
      const baud = Number(settings.serial.baud);
      const isRate = Number.isInteger(baud) && baud >= 50 && baud <= 4_000_000;
      return isRate ? {} : { baud: true };
    }
    case "motion": {
      const { rate } = settings.motion;
      const isRate = rate === "" || (Number(rate) > 0 && Number(rate) <= 200);
      return isRate ? {} : { rate: true };
    }
    case "simulator":
    case "bluetooth":
      return {};
  }
}

/** The filled lines of a text. */
export function lines(text: string): string[] {
  return text
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Names between commas. */
export function names(text: string): string[] {
  return text.trim() === "" ? [] : text.split(",").map((name) => name.trim());
}

const KEY = "live.source";

/** What was chosen last; a password only where that was asked for. */
export function remembered(): Settings {
  try {
    return merged(DEFAULTS, JSON.parse(kept(KEY) ?? "{}")) as Settings;
  } catch {
    return structuredClone(DEFAULTS);
  }
}

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
    const choice = CHOICES[key];
    const found = merged(value, (has as Record<string, unknown>)[key]);
    return [key, choice && !choice.includes(found as string) ? value : found];
  });
  return Object.fromEntries(entries);
}

/** The fields that hold one of a few words. */
const CHOICES: Readonly<Record<string, readonly string[] | undefined>> = {
  kind: ["simulator", "mqtt", "serial", "bluetooth", "motion"],
  speed: SPEEDS,
  qos: QOS,
  shape: SHAPES,
};

function isBroker(url: string): boolean {
  try {
    return ["ws:", "wss:"].includes(new URL(url.trim()).protocol);
  } catch {
    return false;
  }
}
