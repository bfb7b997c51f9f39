/** The pages in web/examples do what they show, and the package's README shows them. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { serveFolder } from "./packed.mjs";
import { cannotRun, launch, root, watch } from "./support.mjs";

const folder = join(root, "web/examples");
const readme = readFileSync(join(root, "web/README.md"), "utf8");
const labels = /^(normal|cavitation|bearing wear|blocked filter|dry running|sensor dropout)/;
const unable = cannotRun();

let browser, server;

before(async () => {
  if (!unable) {
    browser = await launch();
    server = await serveFolder(root);
  }
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** What each page is tried with. */
const examples = {
  async classify(page) {
    await page.locator("li").nth(15).waitFor();
    const lines = await page.locator("li").allTextContents();
    for (const line of lines) {
      assert.match(line, labels);
      assert.match(line, /, \d+ %$/);
    }
    assert.ok(new Set(lines.map((line) => line.match(labels)[0])).size > 1);
  },

  async generate(page) {
    const note = page.locator("#note");
    const output = page.locator("output");
    await page.getByText("ready").waitFor();
    await page.getByRole("button", { name: "Continue" }).click();
    await note.filter({ hasText: /^\d+ tokens in \d+ ms$/ }).waitFor();
    const text = await output.textContent();
    assert.ok(text.startsWith("Pump.") && text.length > 10, text);
    // Both clicks come before the worker has said anything.
    await page.evaluate(() => {
      document.querySelector("form button").click();
      document.querySelector("#stop").click();
    });
    await note.filter({ hasText: "stopped" }).waitFor();
    assert.equal(await output.textContent(), "Pump.");
  },

  async openai(page) {
    await page.locator("#refusal").filter({ hasText: "400 n" }).waitFor();
    assert.match(await page.locator("output").textContent(), labels);
    assert.match(await page.locator("#usage").textContent(), /^\d+ tokens$/);
  },

  async stream(page) {
    const lines = page.locator("li");
    await lines.nth(1).waitFor();
    assert.match(await lines.last().textContent(), /^readings 0 to 29: /);
    await page.getByRole("combobox").selectOption("dry running");
    await page.locator("output").filter({ hasText: "dry running" }).waitFor();
  },

  async widget(page) {
    const states = page.locator("pump-state").getByRole("status");
    const answered = async () => {
      for (const state of await states.all()) {
        await state.filter({ hasText: /nats a token$/ }).waitFor();
      }
      return states.allTextContents();
    };
    const first = await answered();
    assert.equal(first.length, 2);
    const meter = page.locator("pump-state").first().locator("meter");
    const sure = await meter.evaluate((element) => element.value);
    await page.getByRole("button").click();
    await page.waitForFunction((before) => {
      const [state] = document.querySelectorAll("pump-state");
      return state.shadowRoot.querySelector("meter").value !== before;
    }, sure);
    for (const state of await answered()) {
      assert.match(state, labels);
    }
  },
};

describe("an example", { skip: unable }, () => {
  for (const [name, tried] of Object.entries(examples)) {
    it(`works: ${name}`, async () => {
      const page = await browser.newPage();
      page.setDefaultTimeout(20_000);
      const faults = watch(page, server.origin);
      try {
        await page.goto(`${server.origin}/web/examples/${name}.html`);
        await tried(page);
      } finally {
        await page.close();
      }
      assert.deepEqual(faults, []);
    });
  }
});

describe("the examples", () => {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".html"))
    .map((file) => file.replace(".html", ""));

  it("are all tried", () => {
    assert.deepEqual(names.sort(), Object.keys(examples).sort());
  });

  for (const name of names) {
    it(`are in the README: ${name}`, () => {
      const script = readFileSync(join(folder, `${name}.js`), "utf8")
        .replace("../dist/index.js", "@senselm/web")
        .replace("../dist/openai.js", "@senselm/web/openai")
        .replaceAll("../../examples/", "")
        .replaceAll("../../", "");
      const shown = readme.includes(script) || readme.includes(`examples/${name}.html`);
      assert.ok(shown, `web/README.md neither has nor names ${name}`);
    });
  }

  it("begin the README with ten lines", () => {
    const [, first] = readme.match(/```js\n(.*?)```/s);
    const script = readFileSync(join(folder, "classify.js"), "utf8");
    const plain = (text) => text.replace(/"[^"]*\/(?=[^/"]*")/g, '"');
    assert.equal(
      plain(first.replace("@senselm/web", "../dist/index.js")),
      plain(script),
      "the first example of web/README.md is examples/classify.js",
    );
    assert.ok(script.trim().split("\n").filter(Boolean).length <= 10);
  });
});
