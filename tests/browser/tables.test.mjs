/**
 * Files as people have them: the page, the package and the program read them by one
 * code, so that they answer alike; where two readings are possible all three name
 * both, and what a person says decides.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { audit } from "./axe.mjs";
import {
  answerAll,
  answersOf,
  choose,
  ended,
  exampleRows,
  inBatch,
  mapped,
  sameAnswers,
} from "./batch-support.mjs";
import { noDashboard, PATIENT } from "./dashboard.mjs";
import {
  cannotRun,
  launch,
  made,
  noProgram,
  openPackage,
  root,
  senselm,
  senselmPath,
  servePackage,
  servePage,
} from "./support.mjs";

const unable = cannotRun() || noDashboard() || noProgram();
const model = join(root, "models/pump.gguf");

/**
 * The example as a logger of another country writes it: a byte order mark, lines in
 * front of the header, semicolons, decimal commas, dates, units behind names and in a
 * row of their own, words for missing, the header once more, and one cell that is no
 * number.
 */
function awkward() {
  const [header, ...rows] = exampleRows();
  const titles = header.map((name) => (name === "suction" ? "Suction (bar)" : name));
  const time = (seconds) => {
    const parts = [3600, 60, 1].map((unit) => Math.floor(Number(seconds) / unit) % 60);
    return `31.01.2026 ${parts.map((part) => String(part).padStart(2, "0")).join(":")}`;
  };
  const lines = rows.map(([seconds, machine, ...cells], at) => {
    const commas = cells.map((cell) => cell.replace(".", ","));
    if (at % 50 === 7) {
      commas[2] = ["--", "n/a", "-nan(ind)", ""][(at / 50) & 3];
    }
    if (at === 60) {
      commas[1] = "broken";
    }
    return [time(seconds), machine, ...commas].join(";");
  });
  lines.splice(200, 0, titles.join(";"));
  const units = ["", "", "bar", "bar", "m3/h", "mm/s", "C", "A", "", ""].join(";");
  const text = ["Logger 7", "exported;by hand", "", titles.join(";"), units, ...lines].join("\r\n");
  return `\ufeff${text}\r\n`;
}

/** What the package makes of a file, in Chromium. */
async function inPackage(browser, body, ...values) {
  const packages = await servePackage({ isolated: false });
  const page = await openPackage(browser, packages.origin);
  try {
    return await page.evaluate(body, values);
  } finally {
    await page.close();
    packages.close();
  }
}

/** What the program says, and how it ends. */
function program(name, text, ...options) {
  const path = join(made(), name);
  writeFileSync(path, text);
  const parameters = ["answer", "--model", model, "--input", path, ...options];
  try {
    execFileSync(senselmPath(), parameters, { cwd: root, encoding: "utf8", stdio: "pipe" });
    return { status: 0, said: "" };
  } catch ({ status, stderr }) {
    return { status, said: stderr };
  }
}

describe("files as people have them", { skip: unable }, () => {
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

  it("are answered alike by the page, the package and the program", async () => {
    const text = awkward();
    const path = join(made(), "awkward.csv");
    writeFileSync(path, text);
    const lines = senselmOfPartial("answer", "--model", model, "--input", path);
    const windows = lines.filter(({ error }) => error?.code !== "bad_row");
    const expected = windows.map(({ line, truth, answer }) => {
      return { line, truth, answer: answer?.label ?? null, ...pick(answer) };
    });
    assert.ok(expected.length > 15, `${expected.length} windows`);
    const packaged = await inPackage(
      browser,
      async ([text]) => {
        const model = await window.senselm.SenseLM.load("/models/pump.gguf");
        const recording = await model.readCsv(new TextEncoder().encode(text).buffer);
        const answers = [];
        for (const { window, truth, place } of recording.records) {
          const answer = await model.answer(window).catch(() => null);
          const { label = null, probability = null, anomaly = null } = answer ?? {};
          const known = truth && model.info.task.labels[truth.label];
          answers.push({ line: place.line, answer: label, truth: known, probability, anomaly });
        }
        return { answers, bad: recording.bad, warnings: recording.warnings };
      },
      text,
    );
    sameAnswers(packaged.answers, expected);
    const linesOf = (answers) => answers.map(({ line }) => line);
    assert.deepEqual(linesOf(packaged.answers), linesOf(expected));
    // The row of units and the header that comes again are no rows.
    const rows = text.split("\r\n");
    const at = rows.findIndex((row) => row.includes("broken"));
    assert.deepEqual(
      packaged.bad.map(({ line, column, name }) => ({ line, column, name })),
      [{ line: at + 1, column: rows[at].indexOf("broken") + 1, name: "discharge (bar)" }],
    );
    const { said } = program("awkward.csv", text);
    for (const warning of packaged.warnings) {
      assert.ok(said.includes(warning), `the program does not say: ${warning}\n${said}`);
    }
    assert.ok(said.includes(packaged.bad[0].reason), said);
    await inView(async (page) => {
      await choose(page, "awkward.csv", text);
      await answerAll(page);
      const { answers } = await answersOf(page);
      sameAnswers(answers, expected);
      assert.deepEqual(linesOf(answers), linesOf(expected));
      await page.getByText("1 row could not be used.").waitFor(PATIENT);
    });
  });

  /** Commas before three digits: decimals, or thousands? */
  const commas = () => {
    const [header, ...rows] = exampleRows();
    const cells = rows.map(([time, machine, ...cells], at) => {
      const numbers = cells.slice(0, 6).map((_, column) => `${1 + column},${250 + (at % 40)}`);
      return [time, machine, ...numbers, ...cells.slice(6)];
    });
    return [header, ...cells].map((row) => row.join(";")).join("\n");
  };
  /** Steps of 1000: seconds, or milliseconds? */
  const slow = () => {
    const [header, ...rows] = exampleRows();
    const cells = rows.map((row) => row.with(0, `${Number(row[0]) * 1000}`));
    return [header, ...cells].map((row) => row.join(",")).join("\n");
  };

  for (const [name, { text, option, values, chosen, flag, buttons }] of Object.entries({
    "commas.csv": {
      ...{ text: commas(), option: "decimal", values: ["point", "comma"], chosen: "comma" },
      flag: "--decimal",
      buttons: ["Point, 1.5", "Comma, 1,5"],
    },
    "slow.csv": {
      ...{ text: slow(), option: "times", values: ["s", "ms"], chosen: "ms" },
      flag: "--times",
      buttons: ["seconds", "milliseconds"],
    },
  })) {
    it(`that can be read in two ways are asked about: ${name}`, async () => {
      const { status, said } = program(name, text);
      assert.equal(status, 3, said);
      for (const value of values) {
        assert.ok(said.includes(`${flag} ${value}`), said);
      }
      const packaged = await inPackage(
        browser,
        async ([text, told]) => {
          const { SenseLM, InputError } = window.senselm;
          const model = await SenseLM.load("/models/pump.gguf");
          const bytes = () => new TextEncoder().encode(text).buffer;
          const error = await model.readCsv(bytes()).catch((error) => error);
          const { records } = await model.readCsv(bytes(), told);
          const { code, choices, message } = error;
          const unknown = await model
            .readCsv(bytes(), { decimal: "dot" })
            .catch(({ code }) => code);
          return {
            ...{ isInput: error instanceof InputError, code, choices, message },
            ...{ records: records.length, unknown },
          };
        },
        text,
        { [option]: chosen },
      );
      assert.ok(packaged.isInput, packaged.message);
      assert.deepEqual([packaged.code, packaged.unknown], ["undecided", "bad_option"]);
      assert.deepEqual(
        packaged.choices,
        values.map((value) => ({ option, value })),
      );
      assert.ok(packaged.records > 10);
      await inView(async (page) => {
        await choose(page, name, text);
        if (option === "times") {
          // Which column is the time is known once somebody says so.
          await mapped(page);
          await page.getByRole("button", { name: "Answer the file" }).click();
          await ended(page, "Failed");
        }
        const alert = page.getByRole("alert").filter({ hasText: name });
        await alert.getByText(`${name} can be read in two ways`).waitFor(PATIENT);
        assert.deepEqual(await audit(page), []);
        for (const button of buttons) {
          await alert.getByRole("button", { name: button, exact: true }).waitFor(PATIENT);
        }
        const button = buttons[values.indexOf(chosen)];
        await alert.getByRole("button", { name: button, exact: true }).click();
        await answerAll(page);
        const { answers } = await answersOf(page);
        assert.equal(answers.length, packaged.records);
      });
    });
  }

  it("are read by the package in their encoding, or asked for it", async () => {
    const latin = awkward().replace("Logger 7", "Zähler 7").slice(1);
    const texts = {
      utf16: [...Buffer.from(latin, "utf16le")],
      latin: [...Buffer.from(latin, "latin1")],
    };
    const said = await inPackage(
      browser,
      async ([texts]) => {
        const model = await window.senselm.SenseLM.load("/models/pump.gguf");
        const read = (name, options) =>
          model.readCsv(new Uint8Array(texts[name]).buffer, options).then(
            ({ records }) => records.length,
            ({ code, choices }) => ({ code, choices }),
          );
        return [
          await read("utf16"),
          await read("latin", { encoding: "windows-1252" }),
          await read("latin"),
          await read("latin", { encoding: "martian" }),
        ];
      },
      texts,
    );
    const [utf16, latin1, refused, unknown] = said;
    assert.ok(utf16 > 10);
    assert.equal(latin1, utf16);
    assert.deepEqual(refused, {
      code: "undecided",
      choices: [{ option: "encoding", value: null }],
    });
    assert.equal(unknown.code, "bad_option");
  });

  it("are asked about in Arabic, too", async () => {
    const options = { locale: "ar", viewport: { width: 360, height: 780 }, colorScheme: "dark" };
    await inView(async (page) => {
      await choose(page, "commas.csv", commas());
      const alert = page.getByRole("alert").filter({ hasText: "commas.csv" });
      await alert.getByText("يمكن قراءة commas.csv بطريقتين").waitFor(PATIENT);
      assert.deepEqual(await audit(page), []);
      await alert.getByRole("button", { name: "نقطة، 1.5" }).click();
      await page.locator(".set-up footer button").waitFor(PATIENT);
    }, options);
  });
});

/** Lines of a program that may end with what it left out. */
function senselmOfPartial(...parameters) {
  try {
    return senselm(...parameters);
  } catch ({ status, stdout }) {
    assert.equal(status, 4, "some rows are left out");
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
}

/** The figures of an answer; a window with missing samples may have none. */
function pick(answer) {
  return { probability: answer?.probability ?? null, anomaly: answer?.anomaly ?? null };
}

describe("what is wrong with a table", { skip: false }, () => {
  it("has words in the page for every code", async () => {
    const rust = readFileSync(join(root, "crates/readings/src/problem.rs"), "utf8");
    const codes = [...rust.matchAll(/=> "([a-z_]+)",/g)].map(([, code]) => code);
    assert.ok(codes.length > 40);
    const messages = ["batch", "sources"].map((name) =>
      readFileSync(join(root, `www/src/i18n/en/${name}.ts`), "utf8"),
    );
    for (const code of codes) {
      const [ofFiles, ofMessages] = [`"problem.${code}":`, `problem_${code}:`];
      assert.ok(
        messages[0].includes(ofFiles) || messages[1].includes(ofMessages) || code === "empty",
        `nothing in www/src/i18n/en says ${code}`,
      );
    }
  });
});
