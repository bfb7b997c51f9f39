/**
 * One file for the page, one for each kind of worker: every file that imports
 * another is a round trip before the first answer.
 */

const entry = (name) => ({
  input: `src/${name}.ts`,
  // The runtime's script stays beside its module, where `import.meta.url` finds it.
  external: /^\.\.\/wasm\//,
  output: { file: `dist/${name}.js`, format: "es", sourcemap: true },
});

export default ["index", "worker", "cache-worker", "helper"].map(entry);
