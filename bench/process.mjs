/** Child processes: what they print, and the most memory they had. */

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** How often a process is asked for its peak. */
const ASK_MS = 5;

/**
 * Runs a program to its end. `peakBytes` is the high-water mark of its resident
 * set (VmHWM, shared file pages included), null where the system has none.
 */
export function run(program, parameters, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    let peakBytes = null;
    const timer = setInterval(() => {
      peakBytes = peakOf(child.pid) ?? peakBytes;
    }, ASK_MS);
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("error", (error) => {
      clearInterval(timer);
      reject(new Error(`${program} does not start: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      clearInterval(timer);
      if (code === 0) {
        resolve({ stdout, stderr, peakBytes });
      } else {
        const last = stderr.trim().split("\n").slice(-5).join("\n");
        const words = [program, ...parameters].map((word) => basename(word));
        reject(new Error(`${words.join(" ")} ended with ${signal ?? code}: ${last}`));
      }
    });
  });
}

/** The objects of a program that prints one a line. */
export function lines(stdout) {
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

/** The most resident memory that a running process has had, in bytes. */
export function peakOf(pid) {
  try {
    const kib = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return kib ? Number(kib[1]) * 1024 : null;
  } catch {
    return null;
  }
}
