/**
 * One file for each entry point of the page, one for each kind of worker: every
 * file that imports another is a round trip before the first answer.
 */

const entry = (name) => ({
  input: `src/${name}.ts`,
  external: [
    // The runtime's script stays beside its module, where `import.meta.url` finds it.
    /^\.\.\/wasm\//,
    // An entry point that needs the first one shares it: a class is one class.
    /\/index\.js$/,
  ],
  output: { file: `dist/${name}.js`, format: "es", sourcemap: true },
});

export default ["index", "openai", "worker", "helper"].map(entry);
