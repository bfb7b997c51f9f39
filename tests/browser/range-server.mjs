/**
 * Files as good and bad servers send them: with ranges and without, with and
 * without validators, compressed, cut off, and stalled until a test goes on.
 */

import { gzipSync } from "node:zlib";

/** Files below one path, for `servePackage`'s `routes`. */
export class Files {
  #prefix;
  #files = new Map();
  /** What was asked for, in order. */
  asked = [];
  /** Whether nobody can be reached. */
  down = false;

  constructor(prefix = "/files/") {
    this.#prefix = prefix;
  }

  /**
   * Serves a file. `etag` and `modified` are its validators, `ranges` says
   * whether ranges are. `stallAt` and `cutAt` count the bytes of the file after
   * which it waits for `goOn`, or closes the connection; `announce` is the length
   * that is told instead of the true one; `how` may be `gzip` or `chunked`.
   */
  put(name, bytes, options = {}) {
    const { etag = '"one"', modified = null, ranges = true, ...others } = options;
    this.#files.set(name, { bytes, etag, modified, ranges, ...others });
  }

  /** Changes how a file is served from now on. */
  change(name, options) {
    Object.assign(this.#files.get(name), options);
  }

  /** Sends the rest of what stalled. */
  goOn(name) {
    const file = this.#files.get(name);
    file.stallAt = undefined;
    file.goOn?.();
  }

  /** What was asked for a file: the headers that matter, and what was answered. */
  of(name) {
    return this.asked.filter((asked) => asked.name === name);
  }

  /** Resolves once a response stands at its `stallAt`. */
  stalled(name) {
    const file = this.#files.get(name);
    return new Promise((resolve) => (file.isStalled ? resolve() : (file.onStalled = resolve)));
  }

  /** For `servePackage`. */
  routes = (request, response, headers) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (!pathname.startsWith(this.#prefix)) {
      return false;
    }
    if (this.down) {
      request.socket.destroy();
      return true;
    }
    const name = decodeURIComponent(pathname.slice(this.#prefix.length));
    const file = this.#files.get(name);
    const asked = {
      name,
      range: request.headers.range ?? null,
      ifRange: request.headers["if-range"] ?? null,
      ifNoneMatch: request.headers["if-none-match"] ?? null,
    };
    this.asked.push(asked);
    void answer(file, asked, response, headers);
    return true;
  };
}

async function answer(file, asked, response, headers) {
  const send = (status, told = {}) => {
    asked.status = status;
    response.writeHead(status, { ...headers, ...told });
  };
  if (!file || file.status) {
    send(file?.status ?? 404);
    response.end("no such file");
    return;
  }
  const { bytes, etag, modified } = file;
  const told = {
    "Content-Type": file.type ?? "application/octet-stream",
    ...(etag && { ETag: etag }),
    ...(modified && { "Last-Modified": modified }),
  };
  if (etag && asked.ifNoneMatch === etag) {
    send(304, told);
    response.end();
    return;
  }
  if (file.how === "gzip") {
    const packed = gzipSync(bytes);
    send(200, { ...told, "Content-Encoding": "gzip", "Content-Length": packed.length });
    response.end(packed);
    return;
  }
  const [, first] = /^bytes=(\d+)-$/.exec(asked.range ?? "") ?? [];
  const same = asked.ifRange === null || asked.ifRange === etag || asked.ifRange === modified;
  const from = file.ranges && same && first !== undefined ? Number(first) : 0;
  if (from >= bytes.length || (from > 0 && file.refuseRanges)) {
    send(416, { ...told, "Content-Range": `bytes */${bytes.length}` });
    response.end();
    return;
  }
  if (from > 0) {
    const range = file.contentRange ?? `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    send(206, { ...told, "Content-Range": range, "Content-Length": bytes.length - from });
  } else {
    const length =
      file.how === "chunked" ? {} : { "Content-Length": file.announce ?? bytes.length };
    send(200, { ...told, ...length });
  }
  await sendBody(file, from, response);
}

async function sendBody(file, from, response) {
  const { bytes } = file;
  let at = from;
  if (file.stallAt !== undefined && file.stallAt > at) {
    response.write(bytes.subarray(at, file.stallAt));
    at = file.stallAt;
    const goOn = new Promise((resolve) => (file.goOn = resolve));
    file.isStalled = true;
    file.onStalled?.();
    await goOn;
    file.isStalled = false;
  }
  if (file.cutAt !== undefined && file.cutAt > at) {
    response.write(bytes.subarray(at, file.cutAt));
    // What was written should arrive before the end does.
    setTimeout(() => response.destroy(), 700);
    return;
  }
  if (file.announce !== undefined && file.announce < bytes.length) {
    // Node itself refuses to send more than it announced.
    response.flushHeaders();
    response.socket.end(bytes.subarray(at));
    return;
  }
  response.end(bytes.subarray(at));
}
