/** Where Chromium is, and how tests and benchmarks start it. */

import { existsSync } from "node:fs";

/** The program, or null. */
export function chromiumPath() {
  const paths = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
  return paths.find((path) => path && existsSync(path)) ?? null;
}

/** Why tests that want Chromium cannot run here, or false. */
export function noChromium() {
  return !chromiumPath() && "Chromium is missing: install Debian's package chromium";
}

/** Nothing that a closed network would hold up. */
const COMMON = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium without any GPU. */
export const ARGUMENTS = ["--disable-gpu", ...COMMON];

/** How Chromium is started with WebGPU: on SwiftShader where there is no GPU. */
export const WITH_WEBGPU = {
  args: ["--headless=new", "--enable-unsafe-webgpu", ...COMMON],
  // Playwright's own choice of these leaves no adapter.
  ignoreDefaultArgs: ["--headless", "--enable-unsafe-swiftshader", "--hide-scrollbars"],
};
