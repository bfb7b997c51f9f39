/** What the user sets about a broker, and what is wrong with it. */

import { ANY_FORMAT, type Format, type Holds } from "./format.js";
import { message, type SourceMessage } from "./source.js";

/** How to reach a broker and read what it sends. */
export interface MqttSettings {
  /** Like `wss://broker.example:8084/mqtt`. */
  url: string;
  /** Empty where the broker asks for none. Neither is ever logged. */
  username: string;
  password: string;
  /** Topic filters: `+` stands for a level, `#` for all that follow. */
  topics: readonly string[];
  /** With 1 the broker keeps what is published while the connection is lost. */
  qos: 0 | 1;
  holds: Holds;
  format: Format;
  /** How long a channel's value holds where each channel has its own topic. */
  maxAgeS: number;
}

export const MQTT_DEFAULTS: MqttSettings = {
  url: "",
  username: "",
  password: "",
  topics: [],
  qos: 1,
  holds: "auto",
  format: ANY_FORMAT,
  maxAgeS: 10,
};

const LONGEST_TOPIC = 65_535;

/** The broker's address, taken apart. */
export interface Address {
  protocol: "ws" | "wss";
  hostname: string;
  port: number;
  path: string;
}

/** What is wrong with the settings, or null. `page` is where the page was opened. */
export function checkMqtt(
  settings: MqttSettings,
  page: { protocol: string } = location,
): SourceMessage | null {
  const address = addressOf(settings.url);
  if (address === null) {
    // Whoever wrote a password into the address does not want to see it again.
    const url = settings.url.replace(/\/\/.*@/, "//").slice(0, 80);
    return message("sources.mqtt_url", { url });
  }
  if (page.protocol === "https:" && address.protocol === "ws" && !isThisDevice(address.hostname)) {
    return message("sources.mqtt_mixed");
  }
  if (settings.topics.length === 0) {
    return message("sources.mqtt_no_topic");
  }
  if (settings.password !== "" && settings.username === "") {
    return message("sources.mqtt_no_user");
  }
  const wrong = settings.topics.find((topic) => !isFilter(topic));
  return wrong === undefined
    ? null
    : message("sources.mqtt_filter", { topic: wrong.slice(0, 80) || "“”" });
}

/** The parts of an address, or null where it is none of a broker. */
export function addressOf(url: string): Address | null {
  if (!URL.canParse(url.trim())) {
    return null;
  }
  const { protocol, hostname, port, pathname, search } = new URL(url.trim());
  if ((protocol !== "ws:" && protocol !== "wss:") || hostname === "") {
    return null;
  }
  const isSecure = protocol === "wss:";
  return {
    protocol: isSecure ? "wss" : "ws",
    hostname,
    port: Number(port) || (isSecure ? 443 : 80),
    path: pathname + search,
  };
}

/** A topic filter as the standard has it: wildcards stand for whole levels. */
function isFilter(topic: string): boolean {
  if (topic === "" || topic.includes("\0") || new Blob([topic]).size > LONGEST_TOPIC) {
    return false;
  }
  const levels = topic.split("/");
  return levels.every((level, index) => {
    const isWild = level.includes("#") || level.includes("+");
    return !isWild || level === "+" || (level === "#" && index === levels.length - 1);
  });
}

function isThisDevice(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
