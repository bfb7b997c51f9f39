/** The packed package in a page that Vite or webpack builds, or nobody. */

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import webpack from "webpack";
import { install, pack, POLICY, serveFolder, temporary } from "./packed.mjs";
import { cannotRun, launch, noPackage, root, watch } from "./support.mjs";

/** Loads the model, answers a window, and does what else is asked of it. */
const app = (imports, more) => `
import { SenseLM } from "@senselm/web";
${imports}
async function answer() {
  const model = await SenseLM.load("pump.gguf");
  const csv = await fetch("pump.csv");
  const { records } = await model.readCsv(await csv.arrayBuffer());
  const { label } = await model.classify(records[0].window);
  ${more}
  document.querySelector("output").textContent = label + ", " + model.info.threads + " threads";
}
answer();
`;

const APP = app("", "");

/** Both entries at once, which have to share what they have in common. */
const BOTH = app(
  `
import { SenseLMError } from "@senselm/web";
import { openai } from "@senselm/web/openai";`,
  `
  const refused = await openai(model).completions.create({ model: "none" }).catch((e) => e);
  const empty = await model.logits([]).catch((error) => error);
  if (refused.status !== 404 || !(empty instanceof SenseLMError)) {
    throw new Error("the entries differ: " + refused + "; " + empty);
  }`,
);

/** What the package promises to work with as it comes; an alias for each but the newest. */
const VITES = { "Vite 5": "vite-5", "Vite 6": "vite-6", "Vite 7": "vite-7", "Vite 8": "vite" };

const page = (script) =>
  `<!doctype html><html lang="en"><title>test</title><link rel="icon" href="data:,">
<output></output><script type="module" src="${script}"></script></html>`;

const unable = cannotRun();
let folder, tarball, browser;

before(async () => {
  if (!noPackage()) {
    folder = temporary();
    tarball = pack(folder.path).path;
    browser = unable ? undefined : await launch();
  }
});

after(async () => {
  await browser?.close();
  folder?.remove();
});

/** A project that has the package installed, and these files. */
function project(name, files) {
  const path = join(folder.path, name);
  install(tarball, path);
  for (const [file, text] of Object.entries({ "package.json": '{"type": "module"}', ...files })) {
    const to = join(path, file);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text);
  }
  return path;
}

/** Puts what the page asks for beside it. */
function withModel(served, model = readFileSync(join(root, "models/pump.gguf"))) {
  writeFileSync(join(served, "pump.gguf"), model);
  copyFileSync(join(root, "examples/pump.csv"), join(served, "pump.csv"));
  return served;
}

/**
 * The bundled model as a file of more than 4 MB, for which several workers
 * start: keys that nobody knows, put before its own, hold nothing.
 */
function largeModel() {
  const model = readFileSync(join(root, "models/pump.gguf"));
  const head = model.subarray(0, 24);
  const keys = Array.from({ length: 5 }, (_, index) => {
    // A key and its value together keep the alignment of what follows.
    const entry = Buffer.alloc(1 << 20, " ");
    const key = `padding.${index}`;
    entry.writeBigUInt64LE(BigInt(key.length), 0);
    entry.write(key, 8);
    entry.writeUInt32LE(8, 8 + key.length);
    const behind = 8 + key.length + 4 + 8;
    entry.writeBigUInt64LE(BigInt(entry.length - behind), behind - 8);
    return entry;
  });
  const large = Buffer.concat([head, ...keys, model.subarray(24)]);
  large.writeBigUInt64LE(head.readBigUInt64LE(16) + BigInt(keys.length), 16);
  return large;
}

/** Opens a page and waits for its answer. */
async function answered(served, isolated = false) {
  const server = await serveFolder(served, isolated);
  try {
    return await answeredAt(server.origin);
  } finally {
    server.close();
  }
}

async function answeredAt(origin) {
  const page = await browser.newPage();
  const faults = watch(page, origin);
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  try {
    await page.goto(`${origin}/`, { waitUntil: "commit", timeout: 240_000 });
    const output = page.locator("output:not(:empty)");
    await output.waitFor({ state: "attached", timeout: 240_000 }).catch((error) => {
      throw new Error(`no answer: ${faults.join("; ")}`, { cause: error });
    });
    return { said: await output.textContent(), faults, asked };
  } finally {
    await page.close();
  }
}

async function bundleWithVite(path, name = "vite") {
  const { build } = await import(name);
  await build({ root: path, configFile: false, logLevel: "warn" });
  return join(path, "dist");
}

/** What a page says that a server of Vite has, which `start` makes. */
async function saidByVite(start) {
  const server = await start();
  try {
    const { port } = server.httpServer.address();
    return await answeredAt(`http://127.0.0.1:${port}`);
  } finally {
    await server.close();
  }
}

/** Where servers of Vite listen; what they log is none of the tests'. */
const QUIET = { configFile: false, logLevel: "silent" };
const HERE = { host: "127.0.0.1", port: 0 };

async function developedWithVite(root, name) {
  const { createServer } = await import(name);
  return saidByVite(async () => {
    const server = await createServer({ root, ...QUIET, server: HERE });
    return server.listen();
  });
}

async function previewedWithVite(root, name) {
  const { preview } = await import(name);
  const headers = { "Content-Security-Policy": POLICY };
  return saidByVite(() => preview({ root, ...QUIET, preview: { ...HERE, headers } }));
}

async function bundleWithWebpack(path, mode = "production") {
  const options = {
    mode,
    // That of development needs a laxer policy.
    devtool: false,
    context: path,
    entry: "./main.js",
    output: { path: join(path, "dist"), filename: "main.js" },
  };
  const stats = await new Promise((resolve, reject) => {
    webpack(options, (error, stats) => (error ? reject(error) : resolve(stats)));
  });
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  const told = [...errors, ...warnings].map(({ message }) => message);
  // How large the runtime is, is known.
  assert.deepEqual(
    told.filter((message) => !/size limit|performance recommendations/.test(message)),
    [],
  );
  return join(path, "dist");
}

/** One build of the runtime, what reads the recording, and what says whether it fits. */
const FETCHED = 3;

/** The wasm files among what was asked for. */
const modules = ({ asked }) => asked.filter((path) => path.endsWith(".wasm"));

describe("the packed package answers", { skip: unable }, () => {
  for (const [name, alias] of Object.entries(VITES)) {
    it(`with ${name}, served while it is developed, and built, without any configuration`, async () => {
      const path = project(alias, { "main.js": BOTH, "index.html": page("main.js") });
      mkdirSync(join(path, "public"));
      withModel(join(path, "public"));
      const developed = await developedWithVite(path, alias);
      await bundleWithVite(path, alias);
      const built = await previewedWithVite(path, alias);
      for (const result of [developed, built]) {
        assert.equal(result.said, "normal, 1 threads");
        assert.deepEqual(result.faults, []);
        assert.equal(modules(result).length, FETCHED, `${result.asked}`);
      }
    });
  }

  it("where a workspace keeps packages above the page", async () => {
    const path = project("workspace", {
      "package.json": '{"private": true, "workspaces": ["app"]}',
      "app/package.json": '{"name": "app", "private": true, "type": "module"}',
      "app/main.js": BOTH,
      "app/index.html": page("main.js"),
    });
    const app = join(path, "app");
    mkdirSync(join(app, "public"));
    withModel(join(app, "public"));
    const { said, faults } = await developedWithVite(app, "vite-5");
    assert.equal(said, "normal, 1 threads");
    assert.deepEqual(faults, []);
  });

  for (const mode of ["production", "development"]) {
    it(`in a page that webpack built for ${mode}, without any configuration`, async () => {
      const path = project(`webpack-${mode}`, { "main.js": BOTH });
      const built = await bundleWithWebpack(path, mode);
      writeFileSync(join(built, "index.html"), page("main.js"));
      const result = await answered(withModel(built));
      assert.equal(result.said, "normal, 1 threads");
      assert.deepEqual(result.faults, []);
      assert.equal(modules(result).length, FETCHED, `${result.asked}`);
    });
  }

  it("with several workers where the page is isolated, whoever built it", async () => {
    const several = APP.replace('"pump.gguf")', '"pump.gguf", { threads: 2 })');
    assert.notEqual(several, APP);
    const files = { "main.js": several, "index.html": page("main.js") };
    const built = [];
    // The oldest makes classic workers of all, helpers too.
    for (const alias of ["vite-5", "vite"]) {
      built.push(await bundleWithVite(project(`${alias}-isolated`, files), alias));
    }
    const webpacked = await bundleWithWebpack(project("webpack-isolated", files));
    writeFileSync(join(webpacked, "index.html"), page("main.js"));
    built.push(webpacked);
    for (const folder of built) {
      const result = await answered(withModel(folder, largeModel()), true);
      assert.equal(result.said, "normal, 2 threads");
      assert.deepEqual(result.faults, []);
      assert.equal(modules(result).length, FETCHED, `${result.asked}`);
    }
  });

  it("in a page that nobody built", async () => {
    const plain = APP.replace('"@senselm/web"', '"./node_modules/@senselm/web/dist/index.js"');
    const path = project("plain", { "main.js": plain, "index.html": page("main.js") });
    const result = await answered(withModel(path));
    assert.equal(result.said, "normal, 1 threads");
    assert.deepEqual(result.faults, []);
    assert.equal(modules(result).length, FETCHED, `${result.asked}`);
  });
});

/** What a build makes of the page's own script; workers and runtime are files of their own. */
function scriptOf(built) {
  const files = readdirSync(built, { recursive: true });
  const own = files.filter((file) => /^(main|assets.index-[^/]*)\.js$/.test(file));
  assert.equal(own.length, 1, `${files}`);
  return readFileSync(join(built, own[0]));
}

describe("what a page does not use", { skip: noPackage() }, () => {
  const ONE_ERROR = `
import { SenseLMError } from "@senselm/web";
document.title = new SenseLMError("closed", "a").code;
`;
  const ONE_LIST = `
import { models } from "@senselm/web";
document.title = (await models.list()).length;
`;
  const bundlers = { Vite: bundleWithVite, webpack: bundleWithWebpack };

  for (const [name, bundle] of Object.entries(bundlers)) {
    it(`${name} leaves out of its script`, async () => {
      const scripts = {};
      for (const [kind, app] of Object.entries({ error: ONE_ERROR, list: ONE_LIST, all: APP })) {
        const files = { "main.js": app, "index.html": page("main.js") };
        scripts[kind] = `${scriptOf(await bundle(project(`${name}-${kind}`, files)))}`;
      }
      const { error, list, all } = scripts;
      // The class, a few bytes of the bundler's, and the app.
      assert.ok(error.length < 1500, `${error.length} bytes for one class`);
      assert.doesNotMatch(error, /worker/i);
      // Calls to a worker, and the errors that come from there.
      assert.ok(list.length < 0.7 * all.length, `${list.length} of ${all.length} for a list`);
      assert.match(list, /worker/i);
      assert.doesNotMatch(list, /localStorage|classify/);
      assert.match(all, /classify/);
    });
  }
});
