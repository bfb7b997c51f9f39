/**
 * One file for each entry point of the page, one for each kind of worker: every
 * file that imports another is a round trip before the first answer.
 */

const bundle = (name, minify) => ({
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
    minify,
    // Who reads the code has the source map; licences and hints to bundlers stay.
    comments: { legal: true, annotation: true, jsdoc: false },
  },
});

// What a page imports is minified with the page; what a worker runs may not be.
const entries = ["index", "openai"].map((name) => bundle(name, false));
const workers = ["worker", "cache-worker", "helper"].map((name) => bundle(name, true));

export default [...entries, ...workers];
