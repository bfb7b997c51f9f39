/** The machine: what it is, and how busy others keep it. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** CPU flags that decide which kernels run. */
const FLAGS = [
  "avx2",
  "fma",
  "f16c",
  "avx_vnni",
  "avx512f",
  "avx512bw",
  "avx512_vnni",
  "avx512_bf16",
  "avx512_fp16",
  "amx_int8",
  "asimd",
  "asimddp",
  "i8mm",
];

/** How long others are watched before each pair, in ms. */
const WATCH_MS = 1000;

/** Cores kept busy by others from which on figures are not to be trusted. */
export const CONTENDED = 0.5;

/** What a reader has to know of this machine. */
export function describe() {
  const info = read("/proc/cpuinfo");
  const present = new Set(
    (/^(?:flags|Features)\s*:(.*)$/m.exec(info)?.[1] ?? "").trim().split(/\s+/),
  );
  const [cpu] = os.cpus();
  return {
    cpu: cpu?.model.trim() || "unknown",
    architecture: os.arch(),
    family: /^cpu family\s*:\s*(\d+)/m.exec(info)?.[1] ?? null,
    model: /^model\s*:\s*(\d+)/m.exec(info)?.[1] ?? null,
    flags: FLAGS.filter((flag) => present.has(flag)),
    cores: os.cpus().length,
    caches: caches(),
    virtual: present.has("hypervisor"),
    memory_gib: Math.round(os.totalmem() / 2 ** 30),
    kernel: `${os.type()} ${os.release()}`,
    node: process.version,
    rustc: firstLine("rustc", "--version"),
  };
}

/** Sizes of the caches of the first core, such as `L2 2048K`. */
function caches() {
  const found = [];
  for (let index = 0; index < 8; index++) {
    const folder = `/sys/devices/system/cpu/cpu0/cache/index${index}`;
    const [level, type, size] = ["level", "type", "size"].map((name) => read(`${folder}/${name}`));
    if (level && type.trim() !== "Instruction") {
      found.push(`L${level.trim()} ${size.trim()}`);
    }
  }
  return found;
}

/** How many cores others keep busy while this program waits. */
export async function busyBeside() {
  const before = cpuTimes();
  await sleep(WATCH_MS);
  const after = cpuTimes();
  const total = after.total - before.total;
  return total > 0 ? ((after.busy - before.busy) / total) * os.cpus().length : 0;
}

function cpuTimes() {
  let busy = 0;
  let total = 0;
  for (const { times } of os.cpus()) {
    const all = Object.values(times).reduce((sum, time) => sum + time, 0);
    total += all;
    busy += all - times.idle;
  }
  return { busy, total };
}

/** The first line that a program prints, or null where there is none. */
export function firstLine(program, ...parameters) {
  try {
    const options = { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    return execFileSync(program, parameters, options).split("\n")[0].trim();
  } catch {
    return null;
  }
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
