/** The breathing model of the committed recipe, in Chromium. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { cannotRun, inPage, launch, root, servePackage } from "./support.mjs";

/** As in tests/src/trained.rs. */
const MOST_OFF = 0.5;

describe("the breathing model", { skip: cannotRun() }, () => {
  let browser, plain;

  before(async () => {
    browser = await launch();
    const model = readFileSync(join(root, "tests/models/breathing.gguf"));
    plain = await servePackage({
      isolated: false,
      routes: (request, response, headers) => {
        if (request.url !== "/breathing.gguf") {
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
    it(`${variant}: answers every rate`, async () => {
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
