/** Models that answer with numbers or with texts, in the dashboard's view of files. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { audit } from "./axe.mjs";
import {
  answerAll,
  answersOf,
  choose,
  examplePath,
  exampleRows,
  exported,
  openBatch,
  parseCsv,
} from "./batch-support.mjs";
import { noDashboard, ownFaults, PATIENT } from "./dashboard.mjs";
import { launch, root, servePage, shots } from "./support.mjs";

/** The bundled model with another task: it was not trained for it, and says anything. */
function withTask(task) {
  const model = readFileSync(join(root, "models/pump.gguf"));
  const start = model.indexOf('{"kind":"classify"');
  const end = model.indexOf("}", start) + 1;
  assert.ok(start > 0);
  // The length stays, and with it every offset of the file.
  model.write(JSON.stringify(task).padEnd(end - start), start);
  return model;
}

describe("files and models of other tasks", { skip: noDashboard() }, () => {
  let browser, server;

  before(async () => {
    browser = await launch();
    server = await servePage();
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  /** The view with the bundled model replaced. */
  async function openWith(task) {
    const body = withTask(task);
    const { page, faults } = await openBatch(browser, server.origin, {
      // It would answer in the place of this test.
      serviceWorkers: "block",
      prepare: (page) => page.route("**/models/pump.gguf", (route) => route.fulfill({ body })),
    });
    return { page, faults: () => ownFaults(faults) };
  }

  it("measure numbers by their errors, and draw them", async () => {
    const { page, faults } = await openWith({
      column: "machine",
      kind: "number",
      min: 0,
      max: 99,
      decimals: 0,
      unit: "",
    });
    await choose(page, "machines.csv", readFileSync(examplePath));
    await answerAll(page);
    const { answers, summary, unit } = await answersOf(page);
    assert.equal(unit, "");
    const machines = exampleRows().map((row) => Number(row[1]));
    const errors = answers.map(({ answer, truth, line }) => {
      assert.ok(answer >= 0 && answer <= 99);
      assert.equal(truth, machines[line - 1]);
      return answer - truth;
    });
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const close = (found, expected) => assert.ok(Math.abs(found - expected) < 1e-9);
    close(summary.mean_absolute_error, mean(errors.map(Math.abs)));
    close(summary.root_mean_square_error, Math.sqrt(mean(errors.map((error) => error ** 2))));
    await page.getByText("24 windows: what was said over what is true").waitFor(PATIENT);
    const inks = await page.locator(".chart canvas").evaluate((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
    assert.ok(inks > 5, `${inks} colours`);
    // Sorted by its error, the worst is the first.
    await page.getByLabel("Sort by").selectOption("error");
    const worst = Math.max(...errors.map(Math.abs));
    await page.waitForFunction((worst) => {
      const cells = document.querySelectorAll('[aria-rowindex="2"] [role="gridcell"]');
      const [said, truth] = [1, 2].map((at) => parseFloat(cells[at]?.innerText));
      return Math.abs(Math.abs(said - truth) - worst) < 1e-6;
    }, worst);
    assert.deepEqual(await audit(page), []);
    await page.screenshot({ path: join(shots(), "files-numbers.png"), fullPage: true });
    const png = await exported(page, "Export the summary as a picture");
    assert.equal(png.content.subarray(1, 4).toString(), "PNG");
    await page.locator('[aria-rowindex="2"]').click();
    await page.getByRole("dialog").getByText("pump suction").waitFor(PATIENT);
    assert.deepEqual(faults(), []);
    await page.close();
  });

  it("list texts", async () => {
    const { page, faults } = await openWith({ column: "output", kind: "generate", max_tokens: 2 });
    // What a spreadsheet would run, and what needs quotes.
    const evil = '=1+1, "x"';
    const text = readFileSync(examplePath, "utf8").replaceAll(",normal,", `,"=1+1, ""x""",`);
    await choose(page, "texts.csv", text);
    await answerAll(page);
    const { answers, task } = await answersOf(page);
    assert.equal(task, "generate");
    assert.equal(answers.length, 24);
    for (const { answer, truth, right } of answers) {
      assert.equal(typeof answer, "string");
      assert.equal(right, answer.trim() === truth);
    }
    assert.equal(answers[0].truth, evil);
    const { content } = await exported(page, "Export the answers as CSV");
    const [, first] = parseCsv(content.toString());
    assert.equal(first[3], `'${evil}`);
    const right = answers.filter((answer) => answer.right).length;
    await page.getByText(`${right} of 24 right`).waitFor(PATIENT);
    assert.deepEqual(faults(), []);
    await page.close();
  });
});
