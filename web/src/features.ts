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

/** More cores than this are seldom all fast ones. */
const MAX_THREADS = 4;

/** How many workers may compute together here. */
export function bestThreads(): number {
  return isolated() ? Math.min(navigator.hardwareConcurrency, MAX_THREADS) : 1;
}

/** The fastest build of the runtime that this browser validates. */
export function bestVariant(threads = bestThreads()): Variant {
  if (!WebAssembly.validate(RELAXED_SIMD)) {
    return "simd128";
  }
  return threads > 1 && isolated() ? "threads" : "relaxed";
}

/** Whether workers can share memory here; nobody says so where there is no page. */
function isolated(): boolean {
  return "crossOriginIsolated" in globalThis && crossOriginIsolated;
}

/** A GPU as a page may know it: who made it and of which family it is. */
export async function gpuHere(): Promise<string | null> {
  try {
    const { gpu } = navigator as { gpu?: Gpu };
    const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" });
    const info = adapter?.info;
    // A CPU that plays a GPU is slower than our kernels on it.
    if (!info || info.isFallbackAdapter) {
      return null;
    }
    return [info.vendor, info.architecture, info.device, info.description].join(" ").trim();
  } catch {
    return null;
  }
}

/** The little of WebGPU that is looked at here. */
interface Gpu {
  requestAdapter(options: { powerPreference: string }): Promise<{
    info: {
      vendor: string;
      architecture: string;
      device: string;
      description: string;
      isFallbackAdapter?: boolean;
    };
  } | null>;
}
