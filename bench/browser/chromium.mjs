/** Starting Chromium, and finding its renderers. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { ARGUMENTS, chromiumPath, WITH_WEBGPU } from "../../tests/browser/chromium.mjs";
import { firstLine } from "../machine.mjs";
import { peakOf } from "../process.mjs";

/** Room for every model in the HTTP cache, which refuses what is too large for it. */
const CACHE_BYTES = 2_000_000_000;

export function chromiumVersion() {
  const path = chromiumPath();
  return path && firstLine(path, "--version");
}

/** An empty profile: cookies, caches. */
export function newProfile() {
  const folder = mkdtempSync(join(tmpdir(), "senselm-bench-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A browser over a profile, as a person starts one: its HTTP cache is on disk. */
export function launch(profile, backend) {
  const { args, ...rest } = backend === "gpu" ? WITH_WEBGPU : { args: ARGUMENTS };
  return chromium.launchPersistentContext(profile.folder, {
    executablePath: chromiumPath(),
    args: [...args, `--disk-cache-size=${CACHE_BYTES}`],
    ...rest,
  });
}

/** The largest high-water mark of resident memory among a profile's renderers. */
export function rendererPeak(profile) {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), ...identity(pid) }));
  const ours = new Set(
    processes.filter((p) => p.command?.includes(profile.folder)).map((p) => p.pid),
  );
  // Parents have lower numbers than children, save where numbers wrapped.
  for (let size = -1; size !== ours.size;) {
    size = ours.size;
    processes.filter((p) => ours.has(p.parent)).forEach((p) => ours.add(p.pid));
  }
  const renderers = processes.filter(
    (p) => ours.has(p.pid) && p.command.includes("--type=renderer"),
  );
  return Math.max(0, ...renderers.map((p) => peakOf(p.pid) ?? 0));
}

function identity(pid) {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return { command, parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]) };
  } catch {
    return { command: "", parent: 0 };
  }
}
