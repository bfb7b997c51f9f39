/**
 * Modules of the dashboard as JavaScript. Node 20 does not run TypeScript, so
 * Vite bundles them first, as it does for the dashboard.
 */

import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build } from "vite";
import { browserMqtt } from "../../www/build/browser-mqtt.js";
import { root } from "./support.mjs";

const SHARED = {
  configFile: false,
  root: join(root, "www"),
  publicDir: false,
  logLevel: "error",
};

/**
 * Bundles modules, each into a file of its name, into a folder of this name; gives
 * its path. Each file of tests has its own, since others run at the same time.
 */
export async function bundleModules(entry, folder) {
  const outDir = join(root, "target/browser-tests", basename(process.argv[1]), folder);
  await build({
    ...SHARED,
    plugins: [browserMqtt()],
    build: {
      outDir,
      emptyOutDir: true,
      minify: false,
      target: "es2022",
      lib: { entry, formats: ["es"] },
      // Node and pages find the package themselves, if they want it.
      rolldownOptions: { external: ["@senselm/web"] },
    },
  });
  return outDir;
}

/** The exports of a built module, by the folder that it is in and its name. */
export function importBundled(folder, name) {
  return import(pathToFileURL(join(folder, `${name}.js`)).href);
}

/** A module with all that it imports, Svelte's state included, as one text. */
export async function bundleText(entry) {
  const [{ output }] = await build({
    ...SHARED,
    plugins: [svelte({ configFile: false })],
    build: { write: false, lib: { entry, formats: ["es"] } },
  });
  return output[0].code;
}
