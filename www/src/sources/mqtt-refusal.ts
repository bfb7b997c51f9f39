/** Why a broker ends or refuses a connection, and whether trying again helps. */

import { message, type SourceMessage } from "./source.js";

/** What to do about a refusal. */
export type Refusal =
  | { then: "give up"; reason: SourceMessage }
  | { then: "try again"; reason: SourceMessage }
  /** The broker does not speak this version of MQTT. */
  | { then: "other version" };

/** Return codes of MQTT 3.1.1, as the reason codes of MQTT 5 that mean the same. */
const OLD_CODES: Readonly<Record<number, number>> = { 1: 132, 2: 133, 3: 136, 4: 134, 5: 135 };

const NAMES: Readonly<Record<number, string>> = {
  0: "normal disconnection",
  129: "malformed packet",
  130: "protocol error",
  133: "client identifier not valid",
  136: "server unavailable",
  137: "server busy",
  138: "banned",
  139: "server shutting down",
  140: "bad authentication method",
  141: "keep alive timeout",
  142: "session taken over",
  147: "receive maximum exceeded",
  149: "packet too large",
  150: "message rate too high",
  151: "quota exceeded",
  152: "administrative action",
  156: "use another server",
  157: "server moved",
  159: "connection rate exceeded",
};

/** Codes behind which a later attempt may do better. */
const PASSING = new Set([0, 136, 137, 139, 141, 147, 150, 151, 152, 159]);

/** What a code of CONNACK means, whichever version the broker answers in. */
export function refusalOf(code: number, host: string): Refusal {
  const reasonCode = OLD_CODES[code] ?? code;
  if (reasonCode === 132) {
    return { then: "other version" };
  }
  if (reasonCode === 134 || reasonCode === 135) {
    return { then: "give up", reason: message("sources.mqtt_credentials", { host }) };
  }
  const reason = message("sources.mqtt_refused", { host, reason: nameOf(reasonCode) });
  return { then: PASSING.has(reasonCode) ? "try again" : "give up", reason };
}

/** What a code of DISCONNECT means, which only MQTT 5 has. */
export function endOf(code: number, host: string): Refusal {
  const reason = message("sources.mqtt_ended", { host, reason: nameOf(code) });
  return { then: PASSING.has(code) ? "try again" : "give up", reason };
}

function nameOf(code: number): string {
  return NAMES[code] ?? `0x${code.toString(16)}`;
}
