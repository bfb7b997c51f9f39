/**
 * What the browser tests share: Chromium, two small servers, and where the
 * data and the built files are.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { afterEach } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { preview } from "vite";
import { ARGUMENTS, chromiumPath, noChromium, WITH_WEBGPU } from "./chromium.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Why the tests cannot run here, or false. */
export function cannotRun() {
  return noChromium() || noPackage();
}

/** Why tests that want the built package, but no browser, cannot run here, or false. */
export function noPackage() {
  const built = ["web/dist/index.js", "web/wasm/relaxed"].every((path) =>
    existsSync(join(root, path)),
  );
  return !built && "the package is not built: run cargo xtask wasm and npm run build";
}

/** What other people's software computed: `tiny` and `tokenizer`. */
export const goldenFolder = join(root, "tests/golden");

/** Why tests that want the program cannot run here, or false. */
export function noProgram() {
  return !senselmPath() && "the senselm program is not built: cargo build -p senselm-cli";
}

/** The built `senselm` program, or null. */
export function senselmPath() {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const paths = [
    ...(process.env.SENSELM_BIN ? [process.env.SENSELM_BIN] : []),
    join(target, "debug/senselm"),
    join(target, "release/senselm"),
  ];
  return paths.find((path) => existsSync(path)) ?? null;
}

/** The lines of JSON that `senselm` prints. */
export function senselm(...parameters) {
  const options = {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "ignore"],
  };
  const output = execFileSync(senselmPath(), [...parameters, "--json"], options);
  return output
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

export function launch() {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: ARGUMENTS,
  });
}

export function launchWithWebGpu() {
  return chromium.launch({ executablePath: chromiumPath(), ...WITH_WEBGPU });
}

/** The pages that are open, what was wrong on each, and what it still waits for. */
let watched = [];

// A test that waited in vain for something to be shown says what was shown instead.
afterEach(async (t) => {
  watched = watched.filter(({ page }) => !page.isClosed());
  if (t.passed === false) {
    for (const { page, faults, waits } of watched) {
      const text = await shown(page);
      const told = [`${page.url()} shows: ${text}`, ...faults];
      t.diagnostic([...told, ...[...waits].map((url) => `waits for ${url}`)].join("\n"));
    }
  }
});

/** The text of a page, or why it cannot be told. */
async function shown(page) {
  const text = page.evaluate(() => document.body.innerText).catch(({ message }) => message);
  const late = new Promise((resolve) => setTimeout(resolve, 5_000, "nothing: it does not answer"));
  return (await Promise.race([text, late])).replaceAll(/\s+/g, " ").slice(0, 2_000);
}

/**
 * Records what a page must not do: log errors, break its own policy, fail to
 * load something, or talk to anybody but its own origin.
 */
export function watch(page, origin) {
  const faults = [];
  const waits = new Set();
  watched.push({ page, faults, waits });
  page.on("request", (request) => waits.add(request.url()));
  page.on("requestfinished", (request) => waits.delete(request.url()));
  page.on("requestfailed", (request) => waits.delete(request.url()));
  page.on("crash", () => faults.push("crashed"));
  page.on("console", (message) => {
    // What Chromium says to whoever asks for a GPU where there is none.
    const noGpu = message.text() === "No available adapters.";
    if (!noGpu && (message.type() === "error" || message.type() === "warning")) {
      faults.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A worker that is closed takes its requests with it, finished or not.
    const reason = request.failure()?.errorText;
    if (reason !== "net::ERR_ABORTED") {
      faults.push(`failed: ${request.url()}: ${reason}`);
    }
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== "data:" && url.protocol !== "blob:") {
      faults.push(`left the origin: ${url.href}`);
    }
  });
  return faults;
}

/** Has a page say what its policy forbade, from its first script on. */
export async function watchPolicy(page, faults) {
  await page.exposeFunction("reportViolation", (text) => faults.push(`policy: ${text}`));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      window.reportViolation(`${event.violatedDirective}: ${event.blockedURI}`);
    });
  });
}

/** Answers requests on a free port of this machine, and nowhere else. */
export async function listen(answer) {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * Serves the built page with the headers it is meant to have: at a port that a
 * server before had, or from another folder, where a test asks for it.
 */
export async function servePage({ port = 0, folder = "dist" } = {}) {
  const server = await preview({
    root: join(root, "www"),
    configFile: join(root, "www/vite.config.js"),
    logLevel: "silent",
    build: { outDir: folder },
    preview: { port, strictPort: port !== 0, open: false },
  });
  const { port: taken } = server.httpServer.address();
  return {
    origin: `http://127.0.0.1:${taken}`,
    port: taken,
    close: () => {
      server.httpServer.closeAllConnections();
      return server.close();
    },
  };
}

/**
 * Serves the built page with another model in the place of the bundled one. A test that
 * answers the request of a worker itself may come too late on a machine that is busy.
 */
export async function servePageWith(model) {
  const folder = mkdtempSync(join(tmpdir(), "senselm-page-"));
  cpSync(join(root, "www/dist"), folder, { recursive: true });
  writeFileSync(join(folder, "models/pump.gguf"), model);
  const server = await servePage({ folder });
  const close = async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  };
  return { ...server, close };
}

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** What a plain page needs to run wasm under a policy, and nothing else. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/**
 * Serves the package as plain modules, without any bundler, and an empty page
 * to load it from. `isolated` sends the headers that shared memory needs, and
 * `routes` answers some requests itself, of which it returns true.
 */
export async function servePackage({ isolated, routes = () => false }) {
  const folders = {
    web: join(root, "web"),
    models: join(root, "models"),
    made: made(),
    golden: join(goldenFolder, "tiny"),
  };
  return listen((request, response) => {
    const headers = { "Content-Security-Policy": POLICY, "Cache-Control": "no-store" };
    if (isolated) {
      headers["Cross-Origin-Opener-Policy"] = "same-origin";
      headers["Cross-Origin-Embedder-Policy"] = "require-corp";
    }
    if (!routes(request, response, headers)) {
      respond(new URL(request.url, "http://localhost").pathname, headers, folders, response);
    }
  });
}

async function respond(path, headers, folders, response) {
  const page = '<!doctype html><title>test</title><link rel="icon" href="data:,">';
  if (path === "/") {
    response.writeHead(200, { ...headers, "Content-Type": TYPES[".html"] }).end(page);
    return;
  }
  if (path === "/short.gguf") {
    // Announces more than it sends.
    response.writeHead(200, { ...headers, "Content-Length": 1000 });
    response.write("GGUF");
    setTimeout(() => response.destroy(), 50);
    return;
  }
  if (path === "/chunked.gguf") {
    // Does not say how long it is.
    response.writeHead(200, headers);
    response.end(await readFile(join(folders.golden, "tiny-f32.gguf")));
    return;
  }
  const [, folder, ...rest] = normalize(path).split("/");
  try {
    const content = await readFile(join(folders[folder] ?? "missing", ...rest));
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    response.writeHead(200, { ...headers, "Content-Type": type, "Content-Length": content.length });
    response.end(content);
  } catch {
    response.writeHead(404, headers).end("not found");
  }
}

/** A page that has loaded the package, as `window.senselm`, once it is prepared. */
export async function openPackage(browser, origin, prepare = () => undefined) {
  const page = await browser.newPage();
  await prepare(page);
  await page.goto(`${origin}/`);
  await page.evaluate(async () => {
    window.senselm = await import("/web/dist/index.js");
    /** What an error is, for the other side. */
    window.codeOf = (promise) =>
      promise.then(
        () => "no error",
        (error) => (error instanceof window.senselm.SenseLMError ? error.code : `${error}`),
      );
  });
  return page;
}

/**
 * Runs `body` in a page of its own that has the package, once it is prepared;
 * gives what it returned, what it did wrong, and which paths it asked for.
 */
export async function inPage(browser, { origin }, body, argument, prepare) {
  const context = await browser.newContext();
  try {
    const page = await openPackage(context, origin, prepare);
    const faults = watch(page, origin);
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const result = await page.evaluate(body, argument);
    return { result, faults, asked };
  } finally {
    await context.close();
  }
}

/** Takes what a CPU plays for a GPU. */
export function asGpu(page) {
  return page.addInitScript(() => {
    Object.defineProperty(GPUAdapterInfo.prototype, "isFallbackAdapter", { get: () => false });
  });
}

/** Lets a page destroy the device that its worker opened, by a message to all that listen. */
export function destructible(page, worker) {
  const watched = `
    const channel = new BroadcastChannel("destroy");
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await requestDevice.call(this, descriptor);
      channel.onmessage = () => device.destroy();
      return device;
    };
  `;
  return page.route(worker, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${watched}${await response.text()}` });
  });
}

/** A folder for models that tests make, which is not tracked. */
export function made() {
  const folder = join(root, "target/browser-models");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A folder for screenshots, which is not tracked. */
export function shots() {
  const folder = join(root, "target/screenshots");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The largest difference between two lists of numbers. */
export function largestDifference(found, expected) {
  assert.equal(found.length, expected.length);
  return found.reduce((most, value, index) => {
    const difference = Math.abs(value - expected[index]);
    return Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }, 0);
}

/** Little-endian f32 values of a file. */
export function floats(path) {
  const { buffer, byteOffset, length } = readFileSync(path);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + length));
}
