/** What this browser can run. */

import type { Variant } from "./protocol.js";

/**
 * A module with one function: `i32x4.relaxed_dot_i8x16_i7x16_add_s` of three
 * zero vectors. An engine without relaxed SIMD does not validate it.
 */
const RELAXED_SIMD = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  // type section: () -> v128
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b],
  // function section: one function of that type
  ...[0x03, 0x02, 0x01, 0x00],
  // code section: i32.const 0, i8x16.splat, three times, then the dot product
  ...[0x0a, 0x13, 0x01, 0x11, 0x00],
  ...[0x41, 0x00, 0xfd, 0x0f],
  ...[0x41, 0x00, 0xfd, 0x0f],
  ...[0x41, 0x00, 0xfd, 0x0f],
  ...[0xfd, 0x93, 0x02],
  0x0b,
);

/** The fastest build of the runtime that this browser validates. */
export function bestVariant(): Variant {
  return WebAssembly.validate(RELAXED_SIMD) ? "relaxed" : "simd128";
}
