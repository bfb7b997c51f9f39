/**
 * MQTT.js from its modules instead of its prebuilt bundle, without what a page
 * never runs. The bundle stands in for most of Node; over a WebSocket the client
 * needs of it streams, `Buffer` and events only. Every visitor fetches it, as it
 * is kept for offline use, and so it takes half the bytes.
 *
 * The client itself is untouched: protocol, both versions, stores, timers. The
 * development server takes the prebuilt bundle, as it cannot serve CommonJS.
 */

import { createRequire } from "node:module";

const client = createRequire(import.meta.url).resolve("mqtt");
const fromClient = createRequire(client);
// These only the streams depend on, so they are looked up from there.
const fromStreams = createRequire(fromClient.resolve("readable-stream"));
const { version } = fromClient("../package.json");

/** Only what these packages import is answered here. */
const PACKAGES = /[\\/]node_modules[\\/](?:mqtt|mqtt-packet|bl|readable-stream|rfdc)[\\/]/;

/** What Node has built in, from packages. */
const FILES = {
  buffer: fromStreams.resolve("buffer/"),
  events: fromStreams.resolve("events/"),
};

/** Nothing is called of what this replaces; if that changes, it throws. */
const NOTHING = "module.exports = {};";

const PROCESS = `module.exports = {
  nextTick: (callback, ...values) => queueMicrotask(() => callback(...values)),
};`;

const MODULES = {
  // Gives the file its name, instead of a folder of the package.
  mqtt: `module.exports = require("mqtt");`,

  // Transports that no page has, or that other platforms have, and Node's URLs:
  // a source gives the parts of its address.
  "./tcp": NOTHING,
  "./tls": NOTHING,
  "./wx": NOTHING,
  "./ali": NOTHING,
  ws: NOTHING,
  url: NOTHING,

  // Its log would hold passwords, for whoever sets localStorage.debug.
  debug: "module.exports = () => () => undefined;",

  // Those live in a worker from a blob, which the page's policy forbids.
  "worker-timers": `module.exports = {
    setInterval: (callback, ms) => setInterval(callback, ms),
    clearInterval: (timer) => clearInterval(timer),
  };`,

  // Nobody wants more of it than the number.
  "../../package.json": JSON.stringify({ version }),

  // Aliases of topics, from 1 to what the broker takes: there is nothing to evict.
  "lru-cache": `exports.LRUCache = class extends Map {
    constructor() {
      super();
    }
    get(key) {
      const value = super.get(key);
      if (super.delete(key)) {
        super.set(key, value);
      }
      return value;
    }
    keys() {
      return [...super.keys()].reverse().values();
    }
  };`,

  // The four kinds of stream, as bytes and packets flow through them: no
  // operators, pipelines, promises and iterators, no signals, no text.
  "readable-stream": `
    exports.Readable = require("readable-stream/lib/internal/streams/readable");
    exports.Writable = require("readable-stream/lib/internal/streams/writable");
    exports.Duplex = require("readable-stream/lib/internal/streams/duplex");
    exports.Transform = require("readable-stream/lib/internal/streams/transform");
    const { Buffer } = require("buffer");
    const { Stream } = require("readable-stream/lib/internal/streams/legacy");
    Stream._isUint8Array = (value) => value instanceof Uint8Array;
    Stream._uint8ArrayToBuffer = (bytes) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);`,
  "./add-abort-signal": NOTHING,
  "./duplexify": NOTHING,
  "./end-of-stream": NOTHING,
  "./from": NOTHING,
  "string_decoder/": NOTHING,
  "abort-controller": NOTHING,

  "process/": PROCESS,
  "process-nextick-args": PROCESS,
};

const PREFIX = "\0browser-mqtt/";

/** The Vite plugin: what `import("mqtt")` gives. */
export function browserMqtt() {
  return {
    name: "browser-mqtt",
    apply: "build",
    enforce: "pre",
    resolveId(source, importer = "") {
      if (importer.startsWith(PREFIX)) {
        return FILES[source] ?? fromClient.resolve(source);
      }
      if (source === "mqtt") {
        return `${PREFIX}mqtt`;
      }
      if (PACKAGES.test(importer)) {
        return FILES[source] ?? (Object.hasOwn(MODULES, source) ? PREFIX + source : null);
      }
      return null;
    },
    load(id) {
      return id.startsWith(PREFIX) ? MODULES[id.slice(PREFIX.length)] : null;
    },
    transform: {
      filter: { id: PACKAGES },
      // Two take what Node has for globals: the client, and what copies its packets.
      handler(code) {
        if (code.includes("process?.")) {
          return `const process = require("process/");\n${code}`;
        }
        return code.includes("function copyBuffer")
          ? `const { Buffer } = require("buffer");\n${code}`
          : null;
      },
    },
  };
}
