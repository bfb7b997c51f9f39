/**
 * One file for each entry point of the page, one for each kind of worker: every
 * file that imports another is a round trip before the first answer. No worker
 * imports anything later either, as Vite makes classic workers by default, and
 * those are one file.
 */

const bundle = (name, minify) => ({
  input: `src/${name}.ts`,
  external: [
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
const builds = ["simd128", "relaxed", "threads", "webgpu"].map((build) => `worker-${build}`);
const workers = [...builds, "cache-worker", "helper"].map((name) => bundle(name, true));

export default [...entries, ...workers];
