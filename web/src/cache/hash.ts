/**
 * SHA-256 of what streams by. The browser's own `crypto.subtle` takes only whole
 * buffers, so the hash is bundled code.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** A hash under way. */
export class Sha256 {
  readonly #hash = sha256.create();

  update(bytes: Uint8Array<ArrayBuffer>): void {
    this.#hash.update(bytes);
  }

  /** The digest of what came so far, in hexadecimal; more may follow. */
  digest(): string {
    return bytesToHex(this.#hash.clone().digest());
  }
}
