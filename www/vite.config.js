import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { browserMqtt } from "./build/browser-mqtt.js";
import { serviceWorker, variantAssets } from "./build/service-worker.js";

/** A path beside this file, wherever the build is started from. */
const here = (path) => new URL(path, import.meta.url);
const { version } = JSON.parse(readFileSync(here("package.json"), "utf8"));

/**
 * Nothing but this origin's own files; `wasm-unsafe-eval` only lets wasm compile.
 *
 * What the page may connect to is wider, because the user names it: a broker
 * (ws: on the plant's own network, wss: elsewhere) and the URL of a model. Only
 * data comes from there; no script, style, image or frame does.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' ws: wss: https:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * No COOP and COEP: they would let the runtime compute with several threads, but
 * models of this size take one, and a page that needs special headers cannot be
 * put on any server.
 */
const headers = {
  "Content-Security-Policy": policy,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** Puts the committed model beside the page. */
function bundledModel() {
  return {
    name: "bundled-model",
    buildStart() {
      mkdirSync(here("public/models"), { recursive: true });
      copyFileSync(here("../models/pump.gguf"), here("public/models/pump.gguf"));
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [bundledModel(), svelte(), browserMqtt(), serviceWorker()],
  // A test builds the page twice to see an update.
  define: { VERSION: JSON.stringify(process.env.SENSELM_PAGE_VERSION ?? version) },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // Inlining a file as a data: URL would need a laxer policy.
    assetsInlineLimit: 0,
  },
  worker: { format: "es", rolldownOptions: { output: { assetFileNames: variantAssets } } },
  preview: { host: "127.0.0.1", port: 8787, strictPort: true, headers },
  server: { host: "127.0.0.1", fs: { allow: [".."] } },
});
