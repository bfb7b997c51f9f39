/** Files that are not what they should be: each is refused or read with what is wrong said. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import {
  answerAll,
  answersOf,
  choose,
  ended,
  exampleRows,
  examplePath,
  exported,
  fixtures,
  mapped,
  openBatch,
  parseCsv,
} from "./batch-support.mjs";
import { noDashboard, PATIENT } from "./dashboard.mjs";
import { launch, servePage } from "./support.mjs";

describe("files that are broken", { skip: noDashboard() }, () => {
  let browser, server, page, faults;

  before(async () => {
    browser = await launch();
    server = await servePage();
    ({ page, faults } = await openBatch(browser, server.origin));
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const example = readFileSync(examplePath, "utf8");
  const parquet = readFileSync(join(fixtures, "pump.parquet"));

  /** The alert about the file that was chosen last. */
  async function alertOf(name) {
    const alert = page.getByRole("alert").filter({ hasText: name });
    await alert.waitFor(PATIENT);
    return alert.innerText();
  }

  const refused = {
    "nothing.csv": [Buffer.alloc(0), /is empty/],
    "blank.csv": [Buffer.from("\n\n  \n"), /is empty/],
    "noise.csv": [
      Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 167) % 256)),
      /not a table/,
    ],
    "sheet.csv": [Buffer.from("PK\u0003\u0004rest of an archive"), /spreadsheet/],
    "packed.csv": [gzipSync(example), /compressed/],
    "cut.parquet": [parquet.subarray(0, parquet.length - 100), /Parquet file is damaged/],
    "brotli.parquet": [readFileSync(join(fixtures, "brotli.parquet")), /compressed with BROTLI/],
    "bent.parquet": [
      Buffer.concat([parquet.subarray(0, 4), Buffer.alloc(4000, 7), parquet.subarray(4004)]),
      /Parquet file is damaged/,
    ],
  };

  for (const [name, [content, reason]] of Object.entries(refused)) {
    it(`refuses ${name} and says what to do`, async () => {
      await choose(page, name, content);
      assert.match(await alertOf(name), reason);
    });
  }

  it("stops at a line of megabytes, names it, and keeps what came before", async () => {
    // Blocks before it are whole, so their windows are answered.
    const [header, ...rows] = example.trim().split("\n");
    const many = Array.from({ length: 20 }, () => rows).flat();
    const text = [header, ...many, "9".repeat(5 * 1024 * 1024), ...rows].join("\n");
    await choose(page, "long.csv", text);
    await mapped(page);
    await page.getByRole("button", { name: "Answer the file" }).click();
    await ended(page, "Failed");
    const alert = await alertOf("long.csv");
    assert.match(alert, new RegExp(`Line ${(many.length + 2).toLocaleString("en")} is longer`));
    const { answers } = await answersOf(page);
    assert.ok(answers.length > 100, `${answers.length} answers`);
  });

  it("takes a file with a header only for one without windows", async () => {
    await choose(page, "header.csv", `${example.split("\n")[0]}\n`);
    await mapped(page);
    await page.getByText("The file has a header and no rows.").waitFor(PATIENT);
    await answerAll(page);
    await page.getByText("holds no complete window").waitFor(PATIENT);
  });

  it("asks for the columns of a table about something else", async () => {
    await choose(page, "other.csv", "city,population\nOslo,700000\nBergen,290000\n");
    await mapped(page);
    await page.getByText("6 required columns are missing").waitFor(PATIENT);
    assert.ok(await page.getByRole("button", { name: "Answer the file" }).isDisabled());
  });

  it("skips ragged rows, values that are no numbers and stray quotes, and lists them", async () => {
    const lines = example.trim().split("\n");
    // Lines from 1: the header is line 1.
    lines[9] = "9,0,0.24";
    lines[44] = `${lines[44]},more,and more`;
    lines[99] = lines[99].replace(/^(\d+,\d+),[^,]*/, "$1,high");
    lines[129] = `"${lines[129]}`;
    lines[199] = lines[199].replace(/^(\d+,\d+),/, '$1,"a"b,');
    await choose(page, "ragged.csv", `${lines.join("\n")}\n`);
    await answerAll(page);
    await page.getByText("5 rows could not be used.").waitFor(PATIENT);
    const { name, content } = await exported(page, "Export the list of skipped rows");
    assert.equal(name, "ragged-pump-skipped-rows.csv");
    const [, ...rows] = parseCsv(content.toString());
    assert.deepEqual(
      rows.map(([line]) => Number(line)),
      [10, 45, 100, 130, 200],
    );
    assert.match(rows[0][2], /3 fields where 10 are expected/);
    assert.match(rows[1][2], /12 fields/);
    assert.deepEqual(rows[2].slice(1), ["suction", '"high" is not a number']);
    assert.match(rows[3][2], /quote/);
    assert.match(rows[4][2], /quote/);
    const { answers } = await answersOf(page);
    // No window spans a bad row: the first one ends at line 40, not at 31.
    assert.equal(answers[0].line, 40);
    assert.ok(answers.length < 24);
  });

  it("counts lines through blank ones and through breaks in quotes", async () => {
    const [header, ...rows] = example.trim().split("\n");
    const noted = rows.map((row, at) => `${row},${at === 3 ? '"two\nlines"' : "one"}`);
    noted.splice(10, 0, "", "");
    await choose(page, "notes.csv", [`${header},note`, ...noted].join("\r\n"));
    await answerAll(page);
    const { answers } = await answersOf(page);
    assert.equal(answers.length, 24);
    // The 30th row, behind the header, one more line break and two blank lines.
    assert.deepEqual([answers[0].row, answers[0].line], [30, 34]);
  });

  it("offers encodings where a file is not UTF-8", async () => {
    const rows = exampleRows();
    rows[0][2] = "Saugdruck für Pumpe";
    const latin = Buffer.from(rows.map((row) => row.join(",")).join("\n"), "latin1");
    await choose(page, "latin.csv", latin);
    assert.match(await alertOf("latin.csv"), /Line 1 is not valid/);
    await page.getByRole("button", { name: "Windows-1252" }).click();
    await mapped(page);
    await page
      .getByLabel("Suction", { exact: true })
      .selectOption({ label: "Saugdruck für Pumpe" });
    await answerAll(page);
    await page.getByText("24 windows answered").waitFor(PATIENT);
  });

  for (const [name, encode] of Object.entries({
    "utf-8 with its mark.csv": (text) => Buffer.from(`\ufeff${text}`),
    "utf-16 with its mark.csv": (text) => Buffer.from(`\ufeff${text}`, "utf16le"),
    "utf-16 without.csv": (text) => Buffer.from(text, "utf16le"),
    "utf-16 the other way.csv": (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16(),
    "old mac.csv": (text) => Buffer.from(text.replaceAll("\n", "\r")),
    "tabs.tsv": (text) => Buffer.from(text.replaceAll(",", "\t")),
    "bars.txt": (text) => Buffer.from(text.replaceAll(",", "|")),
  })) {
    it(`reads ${name} without being told`, async () => {
      await choose(page, name, encode(example));
      await answerAll(page);
      const { answers } = await answersOf(page);
      assert.equal(answers.length, 24);
      assert.equal(answers.filter(({ right }) => right).length, 20);
    });
  }

  it("reads a file without a header once it is told which column is which", async () => {
    const [, ...rows] = example.trim().split("\n");
    await choose(page, "bare.csv", rows.join("\n"));
    await mapped(page);
    await page.getByText("360 rows").waitFor(PATIENT);
    const columns = ["Suction", "Discharge", "Flow", "Vibration", "Bearing", "Current"];
    for (const [at, name] of [...columns, "Right answer"].entries()) {
      await page.getByLabel(name, { exact: true }).selectOption({ label: `#${at + 3}` });
    }
    await page.getByLabel("Time", { exact: true }).selectOption({ label: "#1" });
    await answerAll(page);
    await page.getByText("20 of 24 right").waitFor(PATIENT);
    // Told that the first row names the columns, it is one row shorter.
    await page.getByRole("button", { name: "Change columns" }).click();
    await page.getByLabel("Names of the columns", { exact: true }).selectOption("line");
    await page.getByText("359 rows").waitFor(PATIENT);
  });

  it("is done without an uncaught error or a word on the console", () => {
    assert.deepEqual(faults, []);
  });
});
