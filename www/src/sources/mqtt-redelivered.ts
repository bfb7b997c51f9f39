/**
 * Which messages came before.
 *
 * With QoS 1 a broker sends again what was not acknowledged when the connection
 * was lost, marked as such and under the same identifier. What had arrived all
 * the same must not count twice.
 */

import type { IPublishPacket } from "mqtt";

/** More than a broker has under way at once, which is 20 unless told otherwise. */
const REMEMBERED = 1024;

export class Redelivered {
  /** By packet identifier, the oldest first. */
  readonly #known = new Map<number, string>();

  /** Whether this is a message that came before; remembers it if not. */
  has(packet: IPublishPacket, payload: Uint8Array): boolean {
    const { qos, dup, messageId, topic } = packet;
    if (qos !== 1 || messageId === undefined) {
      return false;
    }
    const content = `${payload.length}:${hash(payload)}:${topic}`;
    if (dup && this.#known.get(messageId) === content) {
      return true;
    }
    this.#known.delete(messageId);
    this.#known.set(messageId, content);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED && oldest !== undefined) {
      this.#known.delete(oldest);
    }
    return false;
  }

  /** The broker began anew: identifiers mean something else. */
  clear(): void {
    this.#known.clear();
  }
}

/** FNV-1a. Nobody gains by a collision: it takes the same identifier, length and topic. */
function hash(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5) >>> 0;
}
