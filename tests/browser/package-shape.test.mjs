/** What is in the packed package, and that its types resolve however they are looked for. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import bundles from "../../web/rolldown.config.mjs";
import { install, pack, temporary } from "./packed.mjs";
import { cannotRun, root } from "./support.mjs";

const VARIANTS = ["relaxed", "simd128", "threads", "webgpu"];
const scripts = bundles.map(({ output }) => output.file);
const manifest = JSON.parse(readFileSync(join(root, "web/package.json"), "utf8"));
const unable = cannotRun();

let folder, packed, installed;

before(() => {
  if (!unable) {
    folder = temporary();
    packed = pack(folder.path);
    installed = install(packed.path, folder.path);
  }
});

after(() => folder?.remove());

/** What a program prints; what it fails with is part of the error. */
function run(module, ...parameters) {
  try {
    const program = [join(root, "node_modules", module), ...parameters];
    return execFileSync(process.execPath, program, { cwd: folder.path, encoding: "utf8" });
  } catch (error) {
    throw new Error(`${module}: ${error.stdout}${error.stderr}`, { cause: error });
  }
}

describe("the tarball", { skip: unable }, () => {
  it("holds what is needed, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    const expected = [
      ...["LICENSE", "README.md", "THIRD-PARTY.txt", "package.json"],
      ...["development/index.jsx", "development/openai.jsx"],
      ...scripts.flatMap((script) => [script, `${script}.map`]),
      ...VARIANTS.map((variant) => `wasm/${variant}/senselm_bg.wasm`),
      "wasm/fits/fits_bg.wasm",
      "wasm/tables/tables_bg.wasm",
    ];
    // Every declaration belongs to a source file; which ones there are, tsc says.
    const declarations = paths.filter((path) => /^dist\/.*\.d\.ts$/.test(path));
    assert.deepEqual(paths.filter((path) => !declarations.includes(path)).sort(), expected.sort());
    for (const path of declarations) {
      const source = path.replace(/^dist\//, "src/").replace(/\.d\.ts$/, ".ts");
      assert.ok(existsSync(join(root, "web", source)), `${path} has no ${source}`);
    }
  });

  it("holds every declaration that its entry points lead to", () => {
    const seen = new Set();
    const visit = (file) => {
      if (seen.has(file)) {
        return;
      }
      seen.add(file);
      const text = readFileSync(file, "utf8");
      for (const [, from] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)\.js"/g)) {
        visit(join(dirname(file), `${from}.d.ts`));
      }
      assert.doesNotMatch(text, /(?:from|import\()\s*"(?!\.)/, `${file} needs another package`);
      assert.doesNotMatch(text, /\/\/\/ <reference/, `${file} refers to more than the DOM`);
    };
    visit(join(installed, "dist/index.d.ts"));
    visit(join(installed, "dist/openai.d.ts"));
    assert.ok(seen.size > 5);
  });

  it("names nothing of the machine it was packed on", () => {
    const texts = readdirSync(installed, { recursive: true }).filter((path) =>
      /\.(js|map|ts|json|md)$/.test(path),
    );
    assert.ok(texts.length > 20);
    for (const path of texts) {
      const text = readFileSync(join(installed, path), "utf8");
      assert.ok(!text.includes(root), `${path} names ${root}`);
    }
  });

  it("has no dependencies, and the licence of the repository", () => {
    const { dependencies, peerDependencies, optionalDependencies } = manifest;
    assert.deepEqual(
      [dependencies, peerDependencies, optionalDependencies],
      Array(3).fill(undefined),
    );
    const licence = (path) => readFileSync(join(path, "LICENSE"), "utf8");
    assert.equal(licence(installed), licence(root));
  });

  it("says which of its scripts do something by themselves", () => {
    const imported = Object.values(manifest.exports).map((entry) => entry.default);
    const workers = scripts
      .map((script) => `./${script}`)
      .filter((path) => !imported.includes(path));
    assert.ok(workers.length > 1 && workers.length < scripts.length);
    assert.deepEqual([...manifest.sideEffects].sort(), workers.sort());
  });

  it("has the licence of whatever is bundled with it", () => {
    const notices = readFileSync(join(installed, "THIRD-PARTY.txt"), "utf8");
    const sources = scripts.flatMap((script) => {
      const map = JSON.parse(readFileSync(join(installed, `${script}.map`), "utf8"));
      return map.sources;
    });
    assert.ok(sources.length > 20);
    const packages = sources
      .map((source) => source.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1])
      .filter(Boolean);
    for (const name of new Set(packages)) {
      const licence = readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8");
      assert.ok(notices.includes(name), `THIRD-PARTY.txt does not name ${name}`);
      assert.ok(notices.includes(licence.trim()), `THIRD-PARTY.txt lacks the licence of ${name}`);
    }
  });

  it("gives publint nothing to say", async () => {
    const { buffer, byteOffset, length } = readFileSync(packed.path);
    const tarball = buffer.slice(byteOffset, byteOffset + length);
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    assert.equal(pkg.name, manifest.name);
    assert.deepEqual(
      messages.map((message) => formatMessage(message, pkg)),
      [],
    );
  });

  it("has types that attw finds right", () => {
    const attw = "@arethetypeswrong/cli/dist/index.js";
    const parameters = ["--profile", "esm-only", "--no-definitely-typed", "--format", "json"];
    // The manifest itself has no types.
    const skipped = ["--exclude-entrypoints", "./package.json"];
    const { analysis } = JSON.parse(run(attw, packed.path, ...parameters, ...skipped));
    assert.deepEqual(Object.keys(analysis.entrypoints).sort(), [".", "./openai"]);
    const problems = analysis.problems.filter(({ resolutionKind }) =>
      ["node16-esm", "bundler"].includes(resolutionKind),
    );
    assert.deepEqual(problems, []);
  });
});

describe("a server that imports the package", { skip: unable }, () => {
  it("is not disturbed, and is told where models are loaded", async () => {
    const { SenseLM, SenseLMError } = await import(join(installed, "dist/index.js"));
    const { openai, APIError } = await import(join(installed, "dist/openai.js"));
    assert.deepEqual([typeof openai, typeof APIError], ["function", "function"]);
    const { bestVariant, models } = await import(join(installed, "dist/index.js"));
    const calls = {
      address: () => SenseLM.load("model.gguf"),
      bytes: () => SenseLM.load(new Uint8Array(8)),
      file: () => SenseLM.load(new Blob(["a"]), { backend: "cpu" }),
      list: () => models.list(),
      install: () => models.install(new Blob(["a"])),
      installAddress: () => models.install("https://example.org/model.gguf"),
    };
    for (const [name, call] of Object.entries(calls)) {
      await assert.rejects(call, (error) => {
        assert.ok(error instanceof SenseLMError, `${name}: ${error}`);
        assert.equal(error.code, "no_worker");
        assert.match(error.message, /in a browser, and this is none/);
        assert.match(error.message, /call this when the page has loaded/);
        return true;
      });
    }
    assert.equal(await models.persist(), false);
    assert.match(bestVariant(), /^(relaxed|simd128)$/);
  });
});

const CONSUMER = `
import { InputError, SenseLM, type Answer, type ErrorCode, type TextStream } from "@senselm/web";
import { APIError, openai, type ChatCompletionChunk } from "@senselm/web/openai";

export async function consume(signal: AbortSignal | undefined): Promise<string> {
  const model = await SenseLM.load("model.gguf", { backend: "auto", signal });
  const answer: Answer = await model.answer({ channels: [[1, null], new Float32Array(2)] });
  const said: string = answer.kind === "classification" ? answer.label : answer.text;
  const text: TextStream = model.generate("a", { max_tokens: 3, sampler: { seed: 1 }, signal });
  for await (const piece of text) {
    piece.toUpperCase();
  }
  const task = model.info.task;
  const range: number = task?.kind === "number" ? task.max - task.min : 0;
  const client = openai(model, { systemPrompt: "a" });
  const stream = await client.chat.completions.create({
    model: client.model,
    messages: [{ role: "user", content: [{ type: "sensor_window", window: { channels: [] } }] }],
    stream: true,
  });
  for await (const chunk of stream) {
    const typed: ChatCompletionChunk = chunk;
    typed.choices[0]?.delta.content?.trim();
  }
  const whole = await client.completions.create({ model: "a", prompt: "b" }, { signal });
  whole.choices[0]?.text.trim();
  try {
    model.close();
  } catch (error) {
    if (error instanceof InputError) {
      const code: "bad_input" | ErrorCode = error.code;
      return code;
    }
    return error instanceof APIError ? String(error.status) : "";
  }
  // @ts-expect-error: there is no such option
  void model.generate("a", { maxTokens: 3 });
  // @ts-expect-error: only one text is written
  void client.completions.create({ model: "a", prompt: "b", n: 2 });
  // @ts-expect-error: the code is none of this class
  new InputError("no_gpu", "a");
  return said + range;
}
`;

describe("types resolve", { skip: unable }, () => {
  const resolutions = {
    node16: { module: "node16", moduleResolution: "node16" },
    nodenext: { module: "nodenext", moduleResolution: "nodenext" },
    bundler: { module: "esnext", moduleResolution: "bundler" },
  };
  for (const [name, resolution] of Object.entries(resolutions)) {
    for (const exactOptionalPropertyTypes of [false, true]) {
      const how = exactOptionalPropertyTypes ? "exact optional properties" : "strict";
      it(`${name}, ${how}, with the DOM only`, () => {
        const project = join(folder.path, `types-${name}-${exactOptionalPropertyTypes}`);
        mkdirSync(project);
        const compilerOptions = {
          ...resolution,
          exactOptionalPropertyTypes,
          strict: true,
          target: "es2022",
          lib: ["es2022", "dom"],
          types: [],
          noEmit: true,
          skipLibCheck: false,
        };
        const configuration = { compilerOptions, files: ["consumer.ts"] };
        writeFileSync(join(project, "tsconfig.json"), JSON.stringify(configuration));
        writeFileSync(join(project, "package.json"), '{"type": "module"}');
        writeFileSync(join(project, "consumer.ts"), CONSUMER);
        assert.equal(run("typescript/bin/tsc", "-p", project), "");
      });
    }
  }
});

describe("codes of errors", () => {
  it("are all known to the package", () => {
    const read = (path) => readFileSync(join(root, path), "utf8");
    const runtime = [
      ...read("crates/session/src/error.rs").matchAll(/(?:=>|\{)\s*"([a-z_]+)"/g),
      ...readdirSync(join(root, "crates/web/src"))
        .map((file) => read(`crates/web/src/${file}`))
        .flatMap((text) => [...text.matchAll(/js_error\(\s*"([a-z_]+)"/g)]),
    ].map(([, code]) => code);
    assert.ok(runtime.length > 15, `${runtime}`);
    const table = read("web/src/errors.ts").match(/interface ErrorCodes \{(.*?)\n\}/s)[1];
    const known = [...table.matchAll(/^ {2}([a-z_]+):/gm)].map(([, code]) => code);
    assert.deepEqual(
      [...new Set(runtime)].filter((code) => !known.includes(code)),
      [],
    );
    // And no code is left that nobody gives any more.
    const scripts = readdirSync(join(root, "web/src"), { recursive: true })
      .filter((file) => file.endsWith(".ts") && !/^(?:errors|failure)\.ts$/.test(file))
      .map((file) => read(`web/src/${file}`));
    const given = (code) =>
      runtime.includes(code) || scripts.some((text) => text.includes(`"${code}"`));
    const own = ["cancelled", "crashed", "unexpected"];
    assert.deepEqual(
      known.filter((code) => !own.includes(code) && !given(code)),
      [],
    );
  });
});
