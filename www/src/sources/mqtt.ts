/**
 * Readings from an MQTT broker over a WebSocket.
 *
 * MQTT.js speaks the protocol; it and what reads messages are fetched when a
 * broker is first used. When
 * to connect again is decided here, because its own reconnection neither backs
 * off nor changes versions: every attempt is a new client with the same
 * identifier, so that with QoS 1 the broker keeps the session and what is
 * published meanwhile.
 */

import type { ChannelInfo } from "@senselm/web";
import type { IClientOptions, IConnackPacket, IPublishPacket, MqttClient } from "mqtt";
import { Backoff } from "./backoff.js";
import { Attempt, LARGEST_PACKET } from "./mqtt-attempt.js";
import { addressOf, checkMqtt, type Address, type MqttSettings } from "./mqtt-settings.js";
import { endOf, refusalOf } from "./mqtt-refusal.js";
import { Redelivered } from "./mqtt-redelivered.js";
import { loadReader, MessageReader, type Spoken } from "./reader.js";
import { SampledFeed } from "./sampled-feed.js";
import { message, type Source, type SourceMessage, type SourceSink } from "./source.js";
import { Problems } from "./unusable.js";

/** How long the broker is asked to keep the session of a lost connection. */
const SESSION_EXPIRY_S = 3600;
/** Timers of a page in the background run once a minute. */
const KEEPALIVE_S = 60;
const CONNECT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 1000;

export class MqttSource implements Source {
  readonly kind = "mqtt";
  readonly #settings: MqttSettings;
  /** The broker knows the session by it; not longer than MQTT 3.1.1 promises to take. */
  readonly #clientId = `senselm-${randomHex(6)}`;
  readonly #backoff = new Backoff();
  readonly #redelivered = new Redelivered();
  #opened: Opened | null = null;
  #client: MqttClient | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #version: 4 | 5 = 5;
  /** Whether the broker is known to speak the version. */
  #isAgreed = false;
  #wasOpen = false;
  #isClosed = false;

  constructor(settings: MqttSettings) {
    this.#settings = settings;
  }

  open(channels: readonly ChannelInfo[], sink: SourceSink): void {
    const wrong = checkMqtt(this.#settings);
    const address = addressOf(this.#settings.url);
    if (wrong !== null || address === null) {
      this.#isClosed = true;
      sink.state({ kind: "failed", reason: wrong ?? message("sources.mqtt_no_topic") });
      return;
    }
    this.#opened = {
      channels,
      sink,
      address,
      problems: new Problems(sink),
      reader: null,
      feed: new SampledFeed(channels, this.#settings.maxAgeS, sink),
    };
    addEventListener("online", this.#retryNow);
    void this.#connect(this.#opened);
  }

  async close(): Promise<void> {
    const { sink } = this.#opened ?? {};
    const client = this.#stop();
    if (client) {
      await this.#leave(client);
    }
    sink?.state({ kind: "closed" });
  }

  async #connect(opened: Opened): Promise<void> {
    opened.sink.state({ kind: "connecting" });
    const { holds, format, topics } = this.#settings;
    let mqtt: typeof import("mqtt");
    let reader: Awaited<ReturnType<typeof loadReader>>;
    try {
      [mqtt, reader] = await Promise.all([import("mqtt"), loadReader()]);
    } catch {
      this.#fail(message("sources.mqtt_code"));
      return;
    }
    if (!this.#isClosed) {
      opened.reader ??= new MessageReader(reader, opened.channels, holds, format, topics);
      const attempt = new Attempt(opened.address, this.#version);
      this.#client = mqtt.default.connect(this.#options(attempt));
      this.#listen(this.#client, attempt, opened);
    }
  }

  #options(attempt: Attempt): IClientOptions {
    const { username, password, qos } = this.#settings;
    const { protocol, hostname, port, path } = attempt.address;
    const isNew = attempt.version === 5;
    return {
      protocol,
      hostname,
      port,
      path,
      protocolVersion: attempt.version,
      clientId: this.#clientId,
      clean: qos === 0,
      keepalive: KEEPALIVE_S,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      resubscribe: false,
      // Its other timers live in a worker from a blob, which the page's policy forbids.
      timerVariant: "native",
      // Packets hold the password, and its log holds packets.
      log: () => undefined,
      createWebsocket: (url: string, protocols: string[]) => attempt.socket(url, protocols),
      ...(username === "" ? {} : { username }),
      ...(password === "" ? {} : { password }),
      ...(isNew
        ? {
            properties: {
              sessionExpiryInterval: qos === 0 ? 0 : SESSION_EXPIRY_S,
              maximumPacketSize: LARGEST_PACKET,
            },
          }
        : {}),
    };
  }

  #listen(client: MqttClient, attempt: Attempt, opened: Opened): void {
    client.on("packetreceive", (packet) => {
      attempt.unread = 0;
      // The event for it comes late: what the broker kept may come before.
      if (packet.cmd === "connack") {
        this.#answered(packet, attempt, opened);
      }
    });
    client.on("connect", ({ sessionPresent }) => {
      if (!sessionPresent) {
        this.#subscribe(client, attempt, opened);
      }
    });
    client.on("message", (topic, payload, packet) => {
      this.#receive(topic, payload, packet, opened);
    });
    client.on("disconnect", ({ reasonCode }) => {
      attempt.refusal = endOf(reasonCode ?? 0, attempt.host);
    });
    // Each ends in `close`, which says what is to be done.
    client.on("error", () => undefined);
    client.once("close", () => {
      if (this.#client === client) {
        this.#lost(attempt, opened);
      }
    });
  }

  #answered(packet: IConnackPacket, attempt: Attempt, opened: Opened): void {
    attempt.isAnswered = true;
    const code = (attempt.version === 5 ? packet.reasonCode : packet.returnCode) ?? 0;
    if (code !== 0) {
      attempt.refusal = refusalOf(code, attempt.host);
      return;
    }
    this.#isAgreed = true;
    this.#backoff.connected();
    if (packet.sessionPresent) {
      this.#stands(opened);
    } else if (this.#wasOpen) {
      this.#redelivered.clear();
      opened.sink.gap();
    }
  }

  #subscribe(client: MqttClient, attempt: Attempt, opened: Opened): void {
    const { topics, qos } = this.#settings;
    const timer = setTimeout(() => client.end(true), CONNECT_TIMEOUT_MS);
    client.subscribe([...topics], { qos }, (error, _granted, packet) => {
      clearTimeout(timer);
      if (this.#client !== client) {
        return;
      }
      const codes = packet?.cmd === "suback" ? packet.granted : [];
      const denied = topics.filter((_, index) => Number(codes[index]) >= 0x80);
      if (denied.length > 0) {
        const reason = message("sources.mqtt_denied", {
          host: attempt.host,
          topic: denied.join(", ").slice(0, 200),
        });
        this.#fail(reason);
      } else if (error) {
        client.end(true);
      } else {
        this.#stands(opened);
      }
    });
  }

  #stands({ sink }: Opened): void {
    this.#wasOpen = true;
    sink.state({ kind: "open" });
  }

  #receive(topic: string, payload: Uint8Array, packet: IPublishPacket, opened: Opened): void {
    if (this.#isClosed || this.#redelivered.has(packet, payload)) {
      return;
    }
    const { problems, reader, feed, sink } = opened;
    const read = reader?.read(topic, payload);
    const spoken = read ? problems.readingsOf(read, payload) : [];
    const isWhole = ({ named }: Spoken) => named.every((is) => is);
    // Several readings at once are no news of single channels.
    const isPart = spoken.length === 1 && !spoken.every(isWhole);
    // A retained reading is from before anybody listened.
    const isOld = packet.retain && !isPart;
    if (isOld || spoken.length === 0) {
      return;
    }
    // Once values are held, all of them are: nothing is delivered twice.
    if (isPart || feed.isRunning) {
      spoken.forEach((one) => {
        feed.take(one);
      });
    } else {
      sink.readings(spoken.map(({ reading }) => reading));
    }
  }

  #lost(attempt: Attempt, opened: Opened): void {
    this.#client = null;
    const { refusal, host } = attempt;
    if (attempt.isFlooded) {
      const limit = LARGEST_PACKET / 2 ** 20;
      this.#fail(message("sources.mqtt_flood", { host, limit }));
    } else if (refusal?.then === "give up") {
      this.#fail(refusal.reason);
    } else if (refusal?.then === "other version" && this.#version === 5 && !this.#isAgreed) {
      this.#version = 4;
      void this.#connect(opened);
    } else if (refusal?.then === "other version") {
      this.#fail(message("sources.mqtt_refused", { host, reason: "MQTT 3.1.1" }));
    } else {
      // Brokers that know only MQTT 3.1.1 may hang up on MQTT 5 without a word.
      if (attempt.hasReached && !attempt.isAnswered && !this.#isAgreed) {
        this.#version = this.#version === 5 ? 4 : 5;
      }
      const reason = attempt.isAnswered ? "sources.mqtt_lost" : "sources.mqtt_unreachable";
      const retryInMs = this.#backoff.delay();
      this.#timer = setTimeout(this.#retryNow, retryInMs);
      opened.sink.state({
        kind: "waiting",
        retryInMs,
        reason: refusal?.reason ?? message(reason, { host }),
      });
    }
  }

  /** Connects at once if it waits: the time is over, or the network is back. */
  readonly #retryNow = (): void => {
    if (this.#timer !== undefined && this.#opened && !this.#isClosed) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      void this.#connect(this.#opened);
    }
  };

  #fail(reason: SourceMessage): void {
    const { sink } = this.#opened ?? {};
    this.#stop()?.end(true);
    sink?.state({ kind: "failed", reason });
  }

  /** Takes nothing any more; the client is still to be ended. */
  #stop(): MqttClient | null {
    const client = this.#client;
    this.#isClosed = true;
    this.#client = null;
    clearTimeout(this.#timer);
    removeEventListener("online", this.#retryNow);
    this.#opened?.feed.stop();
    this.#opened?.problems.close();
    this.#opened?.reader?.free();
    this.#opened = null;
    return client;
  }

  /** Ends the session too: the broker should keep nothing for nobody. */
  async #leave(client: MqttClient): Promise<void> {
    const late = new Promise<void>((resolve) => {
      setTimeout(resolve, CLOSE_TIMEOUT_MS);
    });
    const left = async () => {
      if (client.connected && this.#version === 4) {
        await client.unsubscribeAsync([...this.#settings.topics]);
      }
      const end = this.#version === 5 ? { properties: { sessionExpiryInterval: 0 } } : {};
      await client.endAsync(false, end);
    };
    await Promise.race([left().catch(() => undefined), late]);
    client.end(true);
  }
}

/** What an open source delivers to, and by what. */
interface Opened {
  channels: readonly ChannelInfo[];
  sink: SourceSink;
  address: Address;
  problems: Problems;
  /** From when its code is here, which is before a message is. */
  reader: MessageReader | null;
  feed: SampledFeed;
}

function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
