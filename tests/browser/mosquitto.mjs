/** A real broker for tests: mosquitto on free ports of this machine, and nowhere else. */

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

const PATHS = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"];

/** The program, or null. */
export function mosquittoPath() {
  return [process.env.MOSQUITTO, ...PATHS].find((path) => path && existsSync(path)) ?? null;
}

/** Why tests that want a broker cannot run here, or false. */
export function noMosquitto() {
  return !mosquittoPath() && "mosquitto is missing: install Debian's package mosquitto";
}

/** What a broker needs besides its ports, to keep sessions even when it is killed. */
const PERSISTENT = [
  "persistence true",
  "persistence_location FOLDER/",
  "autosave_on_changes true",
  "autosave_interval 1",
  "max_queued_messages 100000",
  "sys_interval 1",
];

/**
 * Starts a broker: MQTT on `mqttUrl` for Node, WebSockets on `wsUrl` for a page.
 *
 * `settings` are further lines of its configuration, the first of them about the
 * listener of WebSockets. `configuration` takes the place of all of it; WS_PORT
 * and MQTT_PORT in it are ports, and FOLDER is a folder of the broker's own that
 * `prepare` may fill.
 */
export async function startMosquitto({
  settings = ["allow_anonymous true"],
  configuration = [
    ...PERSISTENT,
    "listener MQTT_PORT 127.0.0.1",
    "listener WS_PORT 127.0.0.1",
    "protocol websockets",
    ...settings,
  ].join("\n"),
  prepare = () => undefined,
} = {}) {
  const folder = mkdtempSync(join(tmpdir(), "senselm-mosquitto-"));
  prepare(folder);
  const [mqttPort, wsPort] = [await freePort(), await freePort()];
  const file = join(folder, "mosquitto.conf");
  const filled = configuration
    .replaceAll("MQTT_PORT", mqttPort)
    .replaceAll("WS_PORT", wsPort)
    .replaceAll("FOLDER", folder);
  writeFileSync(file, `user ${userInfo().username}\n${filled}\n`);
  const broker = {
    folder,
    mqttPort,
    wsPort,
    mqttUrl: `mqtt://127.0.0.1:${mqttPort}`,
    wsUrl: `ws://127.0.0.1:${wsPort}`,
    process: null,
    /** Starts it, again if it was stopped. */
    async start() {
      const child = spawn(mosquittoPath(), ["-c", file], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      let log = "";
      child.stderr.on("data", (text) => (log += text));
      child.ended = new Promise((resolve) => child.once("exit", resolve));
      broker.process = child;
      await Promise.all([mqttPort, wsPort].map((port) => reachable(port, child, () => log)));
    },
    /** Ends it: with SIGKILL it has no time to say good-bye or to save. */
    async stop(signal = "SIGTERM") {
      broker.process?.kill(signal);
      await broker.process?.ended;
      broker.process = null;
    },
    /** Ends it for good. */
    async close() {
      await broker.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await broker.start();
  } catch (error) {
    await broker.close();
    throw error;
  }
  return broker;
}

/** A way to a port that can be cut and mended, as a network between the two. */
export async function startCable(port) {
  let isCut = false;
  const sockets = new Set();
  const server = createServer((socket) => {
    if (isCut) {
      socket.destroy();
      return;
    }
    const other = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [socket, other],
      [other, socket],
    ]) {
      sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    isCut = true;
    for (const socket of sockets) {
      socket.destroy();
    }
  };
  return {
    port: server.address().port,
    cut,
    mend: () => (isCut = false),
    close: () => {
      cut();
      server.close();
    },
  };
}

/** A port that nobody uses at present. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function reachable(port, child, log) {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const isThere = await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("close", () => resolve(false));
      socket.unref();
      socket.once("connect", () => socket.destroy());
    });
    if (isThere) {
      return;
    }
    if (child.exitCode !== null) {
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`mosquitto does not listen on port ${port}: ${log()}`);
}
