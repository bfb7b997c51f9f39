/** The dashboard's view of files: from a file to answers and back into files. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { audit } from "./axe.mjs";
import {
  answerAll,
  answersOf,
  choose,
  ended,
  examplePath,
  exampleRows,
  exported,
  fixtures,
  inBatch,
  mapped,
  parseCsv,
  sameAnswers,
} from "./batch-support.mjs";
import { noDashboard, PATIENT } from "./dashboard.mjs";
import {
  launch,
  noProgram,
  openPackage,
  root,
  senselm,
  servePackage,
  servePage,
  shots,
} from "./support.mjs";

const unable = noDashboard();
/** What the README says about the bundled recording. */
const WINDOWS = 24;
const RIGHT = 20;

describe("files", { skip: unable }, () => {
  let browser, server;

  before(async () => {
    browser = await launch();
    server = await servePage();
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const inView = (body, options) => inBatch(browser, server.origin, body, options);

  /** What the package answers without any dashboard. */
  async function reference() {
    const packages = await servePackage({ isolated: false });
    const page = await openPackage(browser, packages.origin);
    const answers = await page.evaluate(
      async (csv) => {
        const model = await window.senselm.SenseLM.load("/models/pump.gguf");
        const recording = await model.readCsv(new TextEncoder().encode(csv).buffer);
        const answers = [];
        for (const { window, truth, place } of recording.records) {
          const { label, probability, anomaly } = await model.answer(window);
          const known = model.info.task.labels[truth.label];
          answers.push({ line: place.line, answer: label, truth: known, probability, anomaly });
        }
        return answers;
      },
      readFileSync(examplePath, "utf8"),
    );
    await page.close();
    packages.close();
    return answers;
  }

  it("answer the bundled example as the package does", async () => {
    const expected = await reference();
    await inView(async (page) => {
      await page.getByRole("button", { name: "Try the example" }).click();
      await answerAll(page);
      const { answers, summary } = await answersOf(page);
      assert.equal(answers.length, WINDOWS);
      assert.equal(answers.filter(({ right }) => right).length, RIGHT);
      sameAnswers(answers, expected);
      assert.deepEqual(
        answers.map(({ line }) => line),
        expected.map(({ line }) => line),
      );
      assert.equal(summary.accuracy, RIGHT / WINDOWS);
      assert.ok(summary.accuracy_low > 0.6 && summary.accuracy_high < 0.95);
      await page.getByText(`${RIGHT} of ${WINDOWS} right`).waitFor(PATIENT);
    });
  });

  it("answer as the program does", { skip: noProgram() }, async () => {
    const model = join(root, "models/pump.gguf");
    const lines = senselm("answer", "--model", model, "--input", examplePath);
    const expected = lines.map(({ line, truth, answer }) => ({ line, truth, ...answer }));
    await inView(async (page) => {
      await choose(page, "pump.csv", readFileSync(examplePath));
      await answerAll(page);
      const { answers } = await answersOf(page);
      sameAnswers(
        answers,
        expected.map((answer) => ({ ...answer, answer: answer.label })),
      );
    });
  });

  it("map renamed, reordered columns behind semicolons and decimal commas", async () => {
    const [, ...rows] = exampleRows();
    const cells = ([time, , suction, discharge, flow, vibration, bearing, current, output]) =>
      [output, current, bearing, vibration, flow, discharge, suction, time].map((cell) =>
        cell.replace(".", ","),
      );
    const header = "zustand;strom;lager;schwingung;durchfluss;druck;saug;zeit";
    const text = [header, ...rows.map((row) => cells(row).join(";"))].join("\r\n");
    const names = {
      Suction: "saug",
      Discharge: "druck",
      Flow: "durchfluss",
      Vibration: "schwingung",
      Bearing: "lager",
      Current: "strom",
      Time: "zeit",
      "Right answer": "zustand",
    };
    const expected = await reference();
    await inView(async (page) => {
      await choose(page, "pumpe.csv", text);
      await mapped(page);
      const start = page.getByRole("button", { name: "Answer the file" });
      assert.ok(await start.isDisabled());
      await page.getByText("6 required columns are missing").waitFor(PATIENT);
      for (const [name, column] of Object.entries(names)) {
        await page.getByLabel(name, { exact: true }).selectOption({ label: column });
      }
      await page.getByText("Every required column is there.").waitFor(PATIENT);
      await answerAll(page);
      sameAnswers((await answersOf(page)).answers, expected);
      // The same header needs no second thought.
      await choose(page, "pumpe-2.csv", text);
      await mapped(page);
      assert.equal(
        await page.getByLabel("Flow", { exact: true }).evaluate((select) => select.value),
        "4",
      );
      await page.getByLabel("Flow", { exact: true }).selectOption({ label: "saug" });
      await page.getByText("One column of the file is used twice").waitFor(PATIENT);
      assert.ok(await start.isDisabled());
    });
  });

  it("read Parquet: several row groups, five codecs, timestamps, numbers of four bytes", async () => {
    const expected = await reference();
    await inView(async (page) => {
      await choose(page, "pump.parquet", readFileSync(join(fixtures, "pump.parquet")));
      await mapped(page);
      await page.getByText("360 rows · 9 columns · Parquet").waitFor(PATIENT);
      await page.getByLabel("Time", { exact: true }).selectOption({ label: "taken_at" });
      await page.getByLabel("Right answer", { exact: true }).selectOption({ label: "condition" });
      await answerAll(page);
      const { answers } = await answersOf(page);
      sameAnswers(answers, expected);
      // Its windows are read again from the middle of a row group.
      await page.getByRole("grid").focus();
      await page.keyboard.press("End");
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog");
      await dialog.getByText("pump suction").waitFor(PATIENT);
      assert.match(await dialog.innerText(), /Row 360/);
    });
  });

  it("show a matrix whose cells add up and filter the list", async () => {
    await inView(async (page) => {
      await choose(page, "pump.csv", readFileSync(examplePath));
      await answerAll(page);
      const table = page.getByRole("table").filter({ hasText: "The model said" });
      const rows = await table
        .locator("tbody tr")
        .evaluateAll((rows) =>
          rows.map((row) => [...row.querySelectorAll("td")].map((cell) => Number(cell.innerText))),
        );
      const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
      assert.equal(rows.length, 6);
      rows.forEach((row) => assert.equal(sum(row.slice(0, -1)), row.at(-1)));
      assert.equal(sum(rows.map((row) => row.at(-1))), WINDOWS);
      assert.equal(sum(rows.map((row, at) => row[at])), RIGHT);
      await table
        .getByRole("button", { name: "2 windows of Bearing wear answered Normal" })
        .click();
      await page.getByText(`2 of ${WINDOWS} answers`).waitFor(PATIENT);
      const grid = page.getByRole("grid");
      assert.equal(await grid.getAttribute("aria-rowcount"), "3");
      await page.getByRole("button", { name: "Show all" }).click();
      await page.getByLabel("Show", { exact: true }).selectOption("wrong");
      await page.getByText(`${WINDOWS - RIGHT} of ${WINDOWS} answers`).waitFor(PATIENT);
      await page.getByLabel("Sort by").selectOption("least_sure");
      await page.waitForFunction(() => {
        const cells = [...document.querySelectorAll('[role="gridcell"].sure')];
        const shares = cells.map((cell) => parseFloat(cell.innerText));
        return (
          shares.length === 4 && shares.every((share, at) => at === 0 || shares[at - 1] <= share)
        );
      });
    });
  });

  it("export what can be read back", async () => {
    await inView(async (page) => {
      // A name that a spreadsheet would take for a formula stays a text.
      await choose(page, "=shift, 3.csv", readFileSync(examplePath));
      await answerAll(page);
      const json = await exported(page, "Export the answers as JSON");
      const csv = await exported(page, "Export the answers as CSV");
      assert.equal(json.name, "shift-3-pump-answers.json");
      assert.equal(csv.name, "shift-3-pump-answers.csv");
      const { answers, source, labels } = JSON.parse(json.content.toString());
      assert.equal(source, "=shift, 3.csv");
      assert.equal(labels.length, 6);
      const [header, ...rows] = parseCsv(csv.content.toString());
      assert.deepEqual(header, Object.keys(answers[0]));
      assert.deepEqual(
        rows,
        answers.map((answer) =>
          Object.values(answer).map((value) => (value === null ? "" : String(value))),
        ),
      );
      const png = await exported(page, "Export the summary as a picture");
      assert.equal(png.name, "shift-3-pump-summary.png");
      assert.equal(png.content.subarray(1, 4).toString(), "PNG");
      const width = png.content.readUInt32BE(16);
      assert.equal(width, 2000);
    });
  });

  it("answer several files in turn, and go on while another view is shown", async () => {
    await inView(async (page) => {
      const rows = exampleRows();
      const part = (from, to) => [rows[0], ...rows.slice(from, to)].map((row) => row.join(","));
      await page
        .locator('input[type="file"]')
        .first()
        .setInputFiles(
          [
            ["a.csv", part(1, 61)],
            ["b.csv", part(61, 121)],
            ["c.csv", part(121, 181)],
          ].map(([name, lines]) => ({
            name,
            mimeType: "text/csv",
            buffer: Buffer.from(lines.join("\n")),
          })),
        );
      const files = page.getByRole("list", { name: "Files that are open" });
      // The button is there as soon as two are ready, and means those that are.
      for (const name of ["c.csv", "b.csv", "a.csv"]) {
        await files.getByRole("button", { name }).first().click();
        await mapped(page);
      }
      await page.getByRole("button", { name: "Answer all that are ready" }).click();
      await page.getByRole("link", { name: "Models" }).click();
      await page.getByRole("link", { name: "Files" }).click();
      await page.waitForFunction(
        () => document.querySelectorAll(".strip .badge.good").length === 3,
        undefined,
        PATIENT,
      );
      for (const name of ["a.csv", "b.csv", "c.csv"]) {
        await files.getByRole("button", { name }).first().click();
        await page.getByText("4 windows answered").waitFor(PATIENT);
      }
      await files.getByRole("button", { name: "Remove b.csv" }).click();
      assert.equal(await files.getByRole("listitem").count(), 2);
    });
  });

  it("come by drag and drop", async () => {
    await inView(async (page) => {
      const transfer = await page.evaluateHandle(
        (csv) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([csv], "dropped.csv", { type: "text/csv" }));
          return transfer;
        },
        readFileSync(examplePath, "utf8"),
      );
      await page.dispatchEvent(".welcome", "dragenter", { dataTransfer: transfer });
      await page.getByText("Release to open").waitFor(PATIENT);
      await page.dispatchEvent(".welcome", "dragover", { dataTransfer: transfer });
      await page.dispatchEvent(".welcome", "drop", { dataTransfer: transfer });
      await answerAll(page);
      await page.getByText(`${WINDOWS} windows answered`).waitFor(PATIENT);
      assert.equal(await page.getByText("Release to open").count(), 0);
    });
  });

  it("need no mouse", async () => {
    await inView(async (page) => {
      await choose(page, "pump.csv", readFileSync(examplePath));
      await mapped(page);
      await page.getByRole("button", { name: "Answer the file" }).focus();
      await page.keyboard.press("Enter");
      await ended(page, "Done");
      // Tab reaches the list; its rows are reached by arrow keys.
      await page.getByLabel("Sort by").focus();
      await page.keyboard.press("Tab");
      const grid = page.getByRole("grid");
      assert.ok(await grid.evaluate((grid) => grid === document.activeElement));
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      const active = await grid.getAttribute("aria-activedescendant");
      const row = page.locator(`[id="${active}"]`);
      assert.equal(await row.getAttribute("aria-rowindex"), "4");
      assert.equal(await row.getAttribute("aria-selected"), "true");
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog", { name: "Line 51" });
      await dialog.getByText("pump suction").waitFor(PATIENT);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden", ...PATIENT });
      assert.ok(await grid.evaluate((grid) => grid === document.activeElement));
      await page.keyboard.press("End");
      await page.locator('[aria-rowindex="25"][aria-selected="true"]').waitFor(PATIENT);
    });
  });

  it("show a window with its probabilities and its prompt, and its neighbours", async () => {
    await inView(async (page) => {
      await choose(page, "pump.csv", readFileSync(examplePath));
      await answerAll(page);
      await page.locator('[role="row"][aria-rowindex="10"]').click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText(/^pump suction \S+ discharge/).waitFor(PATIENT);
      assert.match(await dialog.innerText(), /Line 151[\s\S]*Normal[\s\S]*Bearing wear/);
      assert.equal(await dialog.getByRole("img", { name: /over 30 readings/ }).count(), 6);
      const shares = await dialog.locator("li .figures").allInnerTexts();
      assert.equal(shares.filter((text) => text.includes("%")).length, 6);
      await dialog.getByRole("button", { name: "Next" }).click();
      await page.getByRole("dialog", { name: "Line 161" }).waitFor(PATIENT);
    });
  });

  it("need no network: the example and the codecs of Parquet are there after one visit", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${server.origin}/#/batch`);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await context.setOffline(true);
    await page.reload();
    await page.getByRole("button", { name: "Try the example" }).click();
    await answerAll(page);
    await page.getByText(`${RIGHT} of ${WINDOWS} right`).waitFor(PATIENT);
    await choose(page, "pump.parquet", readFileSync(join(fixtures, "pump.parquet")));
    await answerAll(page);
    await page.getByText(/windows answered/).waitFor(PATIENT);
    await context.close();
  });

  for (const [name, options] of Object.entries({
    "desktop-light": { viewport: { width: 1280, height: 900 } },
    "desktop-dark": { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
    "phone-light": { viewport: { width: 360, height: 780 }, deviceScaleFactor: 2 },
    "phone-dark-arabic": {
      viewport: { width: 360, height: 780 },
      deviceScaleFactor: 2,
      colorScheme: "dark",
      locale: "ar",
    },
  })) {
    it(`are accessible and fit: ${name}`, async () => {
      await inView(async (page) => {
        const shot = async (step) => {
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(width <= options.viewport.width, `${step} is ${width} wide`);
          assert.deepEqual(await audit(page), [], step);
          // What stays in place while the page scrolls belongs into one screen.
          const fullPage = step === "welcome" || step === "results";
          const path = join(shots(), `files-${step}-${name}.png`);
          await page.screenshot({ path, fullPage });
        };
        await shot("welcome");
        await choose(page, "pump.csv", readFileSync(examplePath));
        const start = page.locator(".set-up footer button");
        await start.waitFor(PATIENT);
        await shot("mapping");
        await start.click();
        await page.locator(".strip .badge.good").waitFor(PATIENT);
        await shot("results");
        await page.locator('[role="row"][aria-rowindex="10"]').click();
        await page.locator("dialog pre").waitFor(PATIENT);
        await shot("detail");
      }, options);
    });
  }
});
