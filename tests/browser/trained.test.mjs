/** Committed models in Chromium: the breathing model of its recipe, the one with every operator, and the one of the normal. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { cannotRun, inPage, launch, root, servePackage } from "./support.mjs";

/** As in tests/src/trained.rs. */
const MOST_OFF = 0.5;

/** As in tests/src/rendered.rs. */
const SCORE_OFF = 0.1;

/** The windows of tests/src/rendered.rs, with null where a sample is missing. */
function rendered() {
  const ranges = [4, 66, 19];
  let state = 1;
  let drawn = 0;
  const sample = (range, at, allMissing) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    drawn += 1;
    const share = (state >>> 8) / 16_777_216;
    return allMissing || drawn % 41 === 0
      ? null
      : range * ((at % 7) / 7 + share * (((at % 5) + 1) / 20));
  };
  return Array.from({ length: 200 }, (_, at) => ({
    channels: ranges.map((range, index) =>
      Array.from({ length: 30 }, () => sample(range, at, index === 1 && at % 50 === 49)),
    ),
  }));
}

describe("committed models", { skip: cannotRun() }, () => {
  let browser, plain;

  before(async () => {
    browser = await launch();
    const models = new Map(
      ["breathing", "normal", "shapes"].map((name) => [
        `/${name}.gguf`,
        readFileSync(join(root, `tests/models/${name}.gguf`)),
      ]),
    );
    plain = await servePackage({
      isolated: false,
      routes: (request, response, headers) => {
        const model = models.get(request.url);
        if (!model) {
          return false;
        }
        response.writeHead(200, { ...headers, "Content-Length": model.length }).end(model);
        return true;
      },
    });
  });

  after(async () => {
    await browser?.close();
    plain?.close();
  });

  for (const variant of ["simd128", "relaxed"]) {
    it(`${variant}: writes prompts as every host does`, async () => {
      const { result, faults } = await inPage(
        browser,
        plain,
        async ({ variant, windows }) => {
          const model = await window.senselm.SenseLM.load("/shapes.gguf", { variant });
          const prompts = [];
          for (const one of windows) {
            prompts.push(await model.prompt(one));
          }
          model.close();
          return prompts;
        },
        { variant, windows: rendered() },
      );
      const expected = readFileSync(join(root, "tests/models/shapes.prompts.txt"), "utf8");
      assert.deepEqual(result, expected.trimEnd().split("\n"));
      assert.deepEqual(faults, []);
    });

    it(`${variant}: scores windows as every host does`, async () => {
      const { result, faults } = await inPage(
        browser,
        plain,
        async ({ variant, windows }) => {
          const model = await window.senselm.SenseLM.load("/normal.gguf", { variant });
          const answers = [];
          for (const one of windows) {
            answers.push(await model.answer(one));
          }
          model.close();
          return answers;
        },
        { variant, windows: rendered() },
      );
      const text = readFileSync(join(root, "tests/models/normal.scores.txt"), "utf8");
      const expected = text.trimEnd().split("\n").map(Number);
      assert.equal(result.length, expected.length);
      result.forEach((answer, at) => {
        assert.equal(answer.kind, "anomaly");
        assert.equal(answer.text, answer.above ? "anomaly" : "normal");
        assert.equal(answer.surprise[0].length, 30);
        const off = Math.abs(answer.anomaly - expected[at]);
        assert.ok(off < SCORE_OFF, `window ${at}: ${answer.anomaly}, not ${expected[at]}`);
      });
      assert.deepEqual(faults, []);
    });

    it(`${variant}: answers every rate of breathing`, async () => {
      const { result, faults } = await inPage(
        browser,
        plain,
        async (variant) => {
          const model = await window.senselm.SenseLM.load("/breathing.gguf", { variant });
          const answers = [];
          for (let cpm = 4; cpm <= 38; cpm += 0.5) {
            const sample = (_, index) => 40 * Math.sin((2 * Math.PI * cpm * index) / 60 / 15.9);
            const { value } = await model.answer({
              channels: [Array.from({ length: 477 }, sample)],
            });
            answers.push({ cpm, value });
          }
          model.close();
          return answers;
        },
        variant,
      );
      assert.equal(result.length, 69);
      const wrong = result.filter(({ cpm, value }) => Math.abs(value - cpm) > MOST_OFF);
      assert.deepEqual(wrong, []);
      assert.deepEqual(faults, []);
    });
  }
});
