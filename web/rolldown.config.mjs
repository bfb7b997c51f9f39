/**
 * One file for each entry point of the page, one for each kind of worker: every
 * file that imports another is a round trip before the first answer.
 */

import { readFileSync } from "node:fs";

/** The one package that is bundled, in the files that hash; its licence goes with it. */
const noble = readFileSync(new URL("LICENSE", import.meta.resolve("@noble/hashes")), "utf8");
const NOTICE = `/*! @noble/hashes\n\n${noble.trim()}\n*/`;
const HASHING = ["worker", "cache-worker"];

const entry = (name) => ({
  input: `src/${name}.ts`,
  external: [
    // The runtime's script stays beside its module, where `import.meta.url` finds it.
    /^\.\.\/wasm\//,
    // An entry point that needs the first one shares it: a class is one class.
    /\/index\.js$/,
  ],
  output: {
    file: `dist/${name}.js`,
    format: "es",
    sourcemap: true,
    banner: HASHING.includes(name) ? NOTICE : "",
  },
});

export default ["index", "openai", "worker", "cache-worker", "helper"].map(entry);
