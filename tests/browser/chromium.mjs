/** Where Chromium is, and how tests and benchmarks start it. */

import { existsSync } from "node:fs";

/** The program, or null. */
export function chromiumPath() {
  const paths = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
  return paths.find((path) => path && existsSync(path)) ?? null;
}

/** Nothing that a closed network would hold up. */
export const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
