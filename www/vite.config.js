import { copyFileSync, mkdirSync } from "node:fs";
import { defineConfig } from "vite";

/** Nothing but this origin's own files; `wasm-unsafe-eval` only lets wasm compile. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

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
      mkdirSync("public/models", { recursive: true });
      copyFileSync("../models/pump.gguf", "public/models/pump.gguf");
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [bundledModel()],
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // Inlining a file as a data: URL would need a laxer policy.
    assetsInlineLimit: 0,
  },
  worker: { format: "es" },
  preview: { host: "127.0.0.1", port: 8787, strictPort: true, headers },
  server: { host: "127.0.0.1", fs: { allow: [".."] } },
});
