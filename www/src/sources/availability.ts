/** Which sources this browser has, and what to do where it lacks one. */

import { message, type SourceKind, type SourceMessage } from "./source.js";

/** Whether a source can be opened here. */
export interface Availability {
  readonly available: boolean;
  /** What to do instead, where it cannot. */
  readonly instead: SourceMessage | null;
}

/** What is asked about the browser; `globalThis` in a page. */
export interface BrowserFeatures {
  isSecureContext: boolean;
  WebSocket?: unknown;
  DeviceMotionEvent?: unknown;
  navigator: { serial?: unknown; bluetooth?: unknown };
}

const AVAILABLE: Availability = { available: true, instead: null };

/** In the order in which they are offered. */
export const SOURCE_KINDS: readonly SourceKind[] = [
  "simulator",
  "mqtt",
  "serial",
  "bluetooth",
  "motion",
];

/** Whether this browser has a source. Nothing is asked of the user. */
export function availability(
  kind: SourceKind,
  browser: BrowserFeatures = globalThis,
): Availability {
  switch (kind) {
    case "simulator":
      return AVAILABLE;
    case "mqtt":
      return has(browser.WebSocket) ? AVAILABLE : lacks("sources.mqtt_missing");
    case "serial":
      return behindHttps(browser, browser.navigator.serial, "sources.serial_missing");
    case "bluetooth":
      return behindHttps(browser, browser.navigator.bluetooth, "sources.bluetooth_missing");
    case "motion":
      return behindHttps(browser, browser.DeviceMotionEvent, "sources.motion_missing");
  }
}

/** As `availability`, and whether Bluetooth is turned on, which takes a moment. */
export async function checkAvailability(kind: SourceKind): Promise<Availability> {
  const known = availability(kind);
  if (kind !== "bluetooth" || !known.available) {
    return known;
  }
  try {
    const isOn = await navigator.bluetooth.getAvailability();
    return isOn ? known : lacks("sources.bluetooth_off");
  } catch {
    // Not every browser that has Bluetooth answers.
    return known;
  }
}

/** Browsers hide these from pages that are not secure, which has another remedy. */
function behindHttps(
  browser: BrowserFeatures,
  feature: unknown,
  missing: SourceMessage["key"],
): Availability {
  if (has(feature)) {
    return AVAILABLE;
  }
  return lacks(browser.isSecureContext ? missing : "sources.insecure");
}

function has(feature: unknown): boolean {
  return feature !== undefined && feature !== null;
}

function lacks(key: SourceMessage["key"]): Availability {
  return { available: false, instead: message(key) };
}
