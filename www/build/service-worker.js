/**
 * Builds the service worker behind the page: it has to know every file's name,
 * so it comes last.
 */

import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { rolldown } from "rolldown";
import { injectManifest } from "workbox-build";

/**
 * A build of the runtime: its module, as `variantAssets` names it, and its
 * worker, which Vite names after its source.
 */
const RUNTIME = /^assets\/(?:runtime|worker)-(simd128|relaxed|threads|webgpu)-[\w-]+\.(?:wasm|js)$/;

/** Lets the name of a file say which build of the runtime it belongs to. */
export function variantAssets({ originalFileNames }) {
  const [, variant] = /wasm\/(\w+)\/senselm_bg\.wasm$/.exec(originalFileNames[0] ?? "") ?? [];
  return variant ? `assets/runtime-${variant}-[hash][extname]` : "assets/[name]-[hash][extname]";
}

/** The Vite plugin: `src/sw/sw.ts` becomes `sw.js` beside the page. */
export function serviceWorker() {
  let config;
  return {
    name: "service-worker",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle: {
      order: "post",
      sequential: true,
      async handler(_, bundle) {
        const folder = resolve(config.root, config.build.outDir);
        const runtimes = {};
        for (const file of Object.keys(bundle)) {
          const [, variant] = RUNTIME.exec(file) ?? [];
          if (variant) {
            (runtimes[variant] ??= []).push(file);
          }
        }
        const script = join(folder, "sw.js");
        await writeFile(script, await compiled(config.root, runtimes));
        const { warnings } = await injectManifest({
          swSrc: script,
          swDest: script,
          globDirectory: folder,
          globPatterns: ["**/*"],
          // Of the runtime, 5 MB in four builds, a browser runs one: the worker
          // fetches that one. Screenshots are for those who install.
          globIgnores: [
            ...["sw.js", "**/*.map", "screenshots/**"],
            ...Object.values(runtimes).flat(),
          ],
          dontCacheBustURLsMatching: /^assets\//,
          maximumFileSizeToCacheInBytes: 16e6,
        });
        for (const warning of warnings) {
          this.warn(warning);
        }
      },
    },
  };
}

/** One classic script: module workers are newer than service workers. */
async function compiled(root, runtimes) {
  const bundle = await rolldown({
    input: join(root, "src/sw/sw.ts"),
    transform: {
      define: {
        "process.env.NODE_ENV": JSON.stringify("production"),
        RUNTIMES: JSON.stringify(runtimes),
      },
    },
    platform: "browser",
  });
  const { output } = await bundle.generate({ format: "iife", minify: true });
  await bundle.close();
  return output[0].code;
}
