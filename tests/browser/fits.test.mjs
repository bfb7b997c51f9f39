/** Whether data is of the kind that a model was trained on: said before any answer, alike in
 * the program, the package and the page. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { answerAll, answersOf, choose, exampleRows, inBatch, mapped } from "./batch-support.mjs";
import { noDashboard, PATIENT } from "./dashboard.mjs";
import { answered, openLive } from "./live.mjs";
import {
  cannotRun,
  launch,
  noProgram,
  openPackage,
  root,
  senselmPath,
  servePackage,
  servePage,
} from "./support.mjs";

const unable = cannotRun() || noDashboard() || noProgram();

/** The example with each reading of a column replaced. */
function spoiled(spoil) {
  const [header, ...rows] = exampleRows();
  const named = header.map((name) => name.trim());
  return [header, ...rows.map((row, at) => spoil(row.slice(), named, at, rows))]
    .map((row) => row.join(","))
    .join("\n");
}

/** Replaces the numbers of the first column whose name begins so. */
const column = (name, change) => (row, header, at, rows) => {
  const place = header.findIndex((title) => title.startsWith(name));
  row[place] = String(change(Number(row[place]), at, rows));
  return row;
};

const exchanged = (one, other) => (row, header) => {
  const [a, b] = [one, other].map((name) => header.findIndex((title) => title.startsWith(name)));
  [row[a], row[b]] = [row[b], row[a]];
  return row;
};

/** Recordings, and the kind of the weightiest reason; null for one that fits. */
const CASES = [
  ["as it was recorded", (row) => row, null],
  ["in another unit", column("bearing", (value) => value * 1.8 + 32), "converted"],
  ["that stands still", column("bearing", () => 48), "constant"],
  ["at another rate", column("time_s", (value) => value / 1.2), "rate"],
  ["far outside", column("vibration", (value) => value + 1e4), "outside"],
  ["with exchanged columns", exchanged("flow", "current"), "exchanged"],
];

/** What `senselm check` says. */
function checked(text) {
  const folder = mkdtempSync(join(tmpdir(), "senselm-fits-"));
  try {
    const path = join(folder, "recording.csv");
    writeFileSync(path, text);
    const parameters = ["check", "--model", join(root, "models/pump.gguf"), "--data", path];
    let said;
    try {
      said = execFileSync(senselmPath(), [...parameters, "--json"], { encoding: "utf8" });
    } catch (error) {
      // 3 and 4 say that it does not fit, or may not.
      said = error.stdout;
    }
    return JSON.parse(said);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const essence = (reasons) =>
  reasons.map(({ channel, kind, weight, message }) => ({ channel, kind, weight, message }));

describe("what does not fit a model", { skip: unable }, () => {
  let browser, packages, pages;

  before(async () => {
    browser = await launch();
    packages = await servePackage({ isolated: false });
    pages = await servePage();
  });

  after(async () => {
    await browser?.close();
    packages?.close();
    await pages?.close();
  });

  for (const [name, spoil, kind] of CASES) {
    it(`is said of a recording ${name}, alike in program, package and page`, async () => {
      const text = spoiled(spoil);
      const said = checked(text);
      if (kind !== null) {
        assert.notEqual(said.fits, "yes");
        assert.equal(said.reasons[0].kind, kind, JSON.stringify(said.reasons));
      }
      const page = await openPackage(browser, packages.origin);
      const fits = await page.evaluate(async (text) => {
        const model = await window.senselm.SenseLM.load("/models/pump.gguf");
        const { fits } = await model.readCsv(new TextEncoder().encode(text).buffer);
        model.close();
        return fits;
      }, text);
      await page.close();
      assert.equal(fits.verdict, said.fits);
      assert.equal(fits.windows, said.windows);
      assert.deepEqual(essence(fits.reasons), essence(said.reasons));
      await inBatch(browser, pages.origin, async (page) => {
        await choose(page, "recording.csv", text);
        await mapped(page);
        const sign = page.getByTestId("fits");
        await sign.waitFor(PATIENT);
        assert.equal(await sign.getAttribute("data-verdict"), said.fits);
        assert.equal(await sign.locator("li").count(), said.reasons.length);
        await answerAll(page);
        // What was said before is said beside the answers.
        await page.getByText(/of 24 right/).waitFor(PATIENT);
        const after = await page.getByTestId("fits").count();
        assert.equal(after, said.fits === "yes" ? 0 : 1);
      });
    });
  }

  it("is said of each of several files, however fast columns are chosen", async () => {
    await inBatch(browser, pages.origin, async (page) => {
      const files = [CASES[0], CASES[1]].map(([, spoil], at) => ({
        name: `file-${at}.csv`,
        mimeType: "text/csv",
        buffer: Buffer.from(spoiled(spoil)),
      }));
      await page.locator('input[type="file"]').first().setInputFiles(files);
      await mapped(page);
      const says = (verdict) => page.locator(`[data-testid="fits"][data-verdict="${verdict}"]`);
      await says("yes").waitFor(PATIENT);
      await page.getByText("file-1.csv").click();
      await says("no").waitFor(PATIENT);
      await page.getByText("file-0.csv").click();
      await says("yes").waitFor(PATIENT);
      const flow = page.getByLabel("Flow", { exact: true });
      for (const column of ["current", "vibration", "flow", "vibration", "flow"]) {
        await flow.selectOption({ label: column });
      }
      await says("yes").waitFor(PATIENT);
    });
  });

  it("is repaired by a click, and the answers are those of the recording as it was", async () => {
    const repairs = [
      [CASES[1][1], "Convert these values"],
      [CASES.at(-1)[1], "Exchange the columns"],
    ];
    const found = [];
    for (const [spoil, repair] of [[(row) => row, null], ...repairs]) {
      await inBatch(browser, pages.origin, async (page) => {
        await choose(page, "recording.csv", spoiled(spoil));
        await mapped(page);
        const sign = page.getByTestId("fits");
        await sign.waitFor(PATIENT);
        while (repair !== null && (await sign.getAttribute("data-verdict")) !== "yes") {
          await page.getByRole("button", { name: repair }).first().click();
          await page.locator('[data-testid="fits"]').waitFor(PATIENT);
        }
        await answerAll(page);
        const { answers } = await answersOf(page);
        found.push(answers.map(({ answer }) => answer));
      });
    }
    const [asItWas, ...repaired] = found;
    assert.deepEqual(repaired, [asItWas, asItWas]);
  });

  it("is said of a stream by the windows that came lately", async () => {
    const page = await openPackage(browser, packages.origin);
    const said = await page.evaluate(
      async ([header, ...rows]) => {
        const model = await window.senselm.SenseLM.load("/models/pump.gguf");
        const names = model.info.channels.map(({ name }) => name);
        const expected = await model.expects();
        const places = await model.suggestColumns(header);
        const at = names.map((name) => places[expected.findIndex((one) => one.name === name)]);
        const readings = (scale) =>
          rows.map((row) => ({ values: at.map((place) => Number(row[place]) * scale) }));
        const stream = await model.openStream();
        const verdicts = [];
        for (const scale of [1, 1000, 1, 1, 1, 1]) {
          await stream.push(readings(scale));
          const { verdict, reasons } = await stream.fits();
          verdicts.push(verdict, reasons.length > 0);
        }
        await stream.close();
        model.close();
        return verdicts;
      },
      exampleRows().map((row) => row.map((cell) => cell.trim())),
    );
    await page.close();
    assert.deepEqual(said.slice(0, 4), ["yes", false, "no", true]);
    assert.deepEqual(said.slice(-2), ["yes", false], "what is long past is forgotten");
  });

  it("is not said of the simulated pump", async () => {
    const { page, faults } = await openLive(browser, pages.origin);
    await answered(page, 6);
    assert.equal(await page.getByTestId("fits").count(), 0);
    assert.deepEqual(faults(), []);
    await page.close();
  });
});
