/** A small server for the pages, the package, the peers and the weights. */

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { root } from "../places.mjs";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/**
 * Serves on the loopback. `isolated` sends what shared memory needs, `cached`
 * lets the browser keep everything. `sent` lists the paths that were asked for.
 */
export async function serve(place, { isolated, cached }) {
  const folders = {
    pages: join(root, "bench/pages"),
    web: join(root, "web"),
    "web-before": join(place.before ?? root, "web"),
    models: join(root, "models"),
    weights: place.weights.folder,
    packages: join(place.peers, "js/node_modules"),
  };
  const headers = { "Cache-Control": cached ? "public, max-age=86400, immutable" : "no-store" };
  if (isolated) {
    headers["Cross-Origin-Opener-Policy"] = "same-origin";
    headers["Cross-Origin-Embedder-Policy"] = "require-corp";
  }
  const sent = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    sent.push(pathname);
    respond(pathname, request.method, headers, folders, response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${port}`, sent, close };
}

async function respond(pathname, method, headers, folders, response) {
  const [, folder, ...rest] = normalize(pathname).split("/");
  const path = join(folders[folder] ?? "missing", ...rest);
  try {
    const { size } = await stat(path);
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    response.writeHead(200, { ...headers, "Content-Type": type, "Content-Length": size });
    if (method === "HEAD") {
      response.end();
    } else {
      createReadStream(path).pipe(response);
    }
  } catch {
    response.writeHead(404, headers).end("not found");
  }
}
