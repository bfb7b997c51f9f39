/** The package as somebody gets it who installs it: packed, and unpacked into a project. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { listen, root } from "./support.mjs";

/** Packs the built package into `folder`; gives what npm says about the file, and its path. */
export function pack(folder) {
  const parameters = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const options = { cwd: join(root, "web"), encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] };
  const [packed] = JSON.parse(execFileSync("npm", parameters, options));
  return { ...packed, path: join(folder, packed.filename) };
}

/** A folder of its own for a test, outside of this repository's `node_modules`. */
export function temporary() {
  const path = mkdtempSync(join(tmpdir(), "senselm-packed-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Unpacks a tarball to where `project` finds it as `@senselm/web`, without any network. */
export function install(tarball, project) {
  const folder = join(project, "node_modules/@senselm/web");
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"]);
  return folder;
}

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** The strictest policy that a page with this package can have. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src data:",
].join("; ");

/** Serves a folder under that policy; `isolated` sends the headers that shared memory needs. */
export function serveFolder(folder, isolated = false) {
  const headers = {
    ...(isolated && {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    }),
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
  };
  return listen(async ({ url }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
    try {
      const content = await readFile(join(folder, path.endsWith("/") ? `${path}index.html` : path));
      const type = TYPES[extname(path) || ".html"] ?? "application/octet-stream";
      response.writeHead(200, { ...headers, "Content-Type": type }).end(content);
    } catch {
      response.writeHead(404, headers).end("not found");
    }
  });
}
