/** docs/api is what the sources of the package say, and its README names every code of an error. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { temporary } from "./packed.mjs";
import { cannotRun, root } from "./support.mjs";

const committed = join(root, "docs/api");
let folder;

before(() => {
  folder = temporary();
});

after(() => folder.remove());

// The types of the runtime are among what is documented from.
describe("the API's documentation", { skip: cannotRun() }, () => {
  it("is complete and up to date: npm run docs -w web", () => {
    const typedoc = join(root, "node_modules/typedoc/bin/typedoc");
    try {
      // Fails where something public has no documentation.
      const options = { cwd: join(root, "web"), encoding: "utf8", stdio: "pipe" };
      execFileSync(process.execPath, [typedoc, "--out", folder.path], options);
    } catch (error) {
      throw new Error(`typedoc: ${error.stdout}${error.stderr}`, { cause: error });
    }
    const files = readdirSync(folder.path, { recursive: true }).sort();
    assert.ok(files.includes("web.md") && files.includes("openai.md"), `${files}`);
    assert.deepEqual(readdirSync(committed, { recursive: true }).sort(), files);
    for (const file of files) {
      const read = (folder) => readFileSync(join(folder, file), "utf8");
      assert.ok(read(committed) === read(folder.path), `docs/api/${file} is out of date`);
    }
  });

  it("has every code of an error in one table, and the README has it too", () => {
    const api = readFileSync(join(committed, "web.md"), "utf8");
    const [, table] = api.match(/### ErrorCodes\n(.*?)\n\*\*\*/s);
    const rows = [...table.matchAll(/`(\w+)` \| `"(\w+)"` \| \S/g)];
    assert.ok(rows.length > 20, table);
    const readme = readFileSync(join(root, "web/README.md"), "utf8");
    for (const [, code, name] of rows) {
      const row = readme.split("\n").find((line) => line.startsWith(`| \`${name}\``));
      assert.ok(row?.includes(`\`${code}\``), `web/README.md does not have ${code} of ${name}`);
    }
  });
});
