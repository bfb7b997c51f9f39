/** One attempt to be connected to a broker, and what becomes of it. */

import type { Refusal } from "./mqtt-refusal.js";
import type { Address } from "./mqtt-settings.js";

/** A broker that sends more in one packet is cut off before it fills the memory. */
export const LARGEST_PACKET = 4 * 2 ** 20;

export class Attempt {
  readonly address: Address;
  readonly version: 4 | 5;
  /** Whether a WebSocket was opened, and whether the broker took the client. */
  hasReached = false;
  isAnswered = false;
  isFlooded = false;
  refusal: Refusal | null = null;
  /** Bytes since the last whole packet. */
  unread = 0;

  constructor(address: Address, version: 4 | 5) {
    this.address = address;
    this.version = version;
  }

  /** The broker as messages call it; without user and password. */
  get host(): string {
    return `${this.address.hostname}:${this.address.port}`;
  }

  /** The WebSocket of this attempt, watched. */
  socket(url: string, protocols: string[]): WebSocket {
    const socket = new WebSocket(url, protocols);
    socket.addEventListener("open", () => {
      this.hasReached = true;
    });
    socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      this.unread += data instanceof ArrayBuffer ? data.byteLength : 0;
      if (this.unread > LARGEST_PACKET) {
        this.isFlooded = true;
        socket.close();
      }
    });
    return socket;
  }
}
