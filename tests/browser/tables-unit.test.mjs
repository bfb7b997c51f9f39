/** The dashboard's reader of CSV files by itself, in Node: blocks, rows and the way back. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { bundleModules, importBundled } from "./bundle.mjs";
import { root } from "./support.mjs";

const wasm = join(root, "web/wasm/tables/tables_bg.wasm");
const unable = !existsSync(wasm) && "the module is not built: cargo xtask wasm web tables";

/** What a model of two channels wants. */
const wants = {
  columns: [
    { role: "channel", name: "level", source: "level", unit: "m", required: true },
    { role: "channel", name: "flow", source: "flow", unit: "", required: true },
    { role: "time", name: "t", source: "t", unit: "", required: false },
    { role: "truth", name: "output", source: "output", unit: "", required: false },
  ].map((column) => ({ ...column, sample_rate_hz: null })),
  rows: { kind: "stream", several: true, rate_hz: null, longest_s: 5 },
  number: false,
};
const COLUMNS = [1, 2, 0, 4];

/** Rows of several blocks of 64 KiB, with breaks in quotes, bad ones and headers again. */
function recording(count, encode = (text) => Buffer.from(text)) {
  const lines = ["t,level,flow,note,output"];
  for (let at = 0; at < count; at += 1) {
    const note = at % 7 === 0 ? '"two\r\nlines, ""quoted"""' : "x".repeat(at % 40);
    const level = at % 101 === 50 ? "high" : `${at % 90}.5`;
    lines.push(`${at},${level},${at % 13 === 0 ? "--" : at},${note},${at % 2 ? "low" : "high"}`);
    if (at === Math.floor(count / 2)) {
      lines.push(lines[0]);
    }
  }
  return new Blob([encode(`${lines.join("\r\n")}\r\n`)]);
}

describe("a CSV file in blocks", { skip: unable }, () => {
  let openCsv;

  before(async () => {
    const folder = join(root, "www/src/batch/reader");
    const entries = ["csv-reader", "tables"].map((name) => join(folder, `${name}.ts`));
    const bundled = await bundleModules(entries, "browser-tables");
    ({ openCsv } = await importBundled(bundled, "csv-reader"));
    const { loadTables } = await importBundled(bundled, "tables");
    await loadTables(await readFile(wasm));
  });

  /** All rows of data, a few at a time. */
  async function all(reader, limit) {
    reader.begin(COLUMNS);
    const found = { rows: [], bad: [], headers: 0 };
    for (let done = false; !done;) {
      const batch = await reader.next(limit);
      const { states, values, times, truths, lines } = batch.rows;
      let row = batch.first;
      states.forEach((state, at) => {
        if (state === 2) {
          found.headers += 1;
          return;
        }
        const cells = [...values.subarray(2 * at, 2 * at + 2)];
        found.rows.push([row, lines[at], state, times?.[at], ...cells, truths?.[at]]);
        row += 1;
      });
      found.bad.push(
        ...batch.unread.map(({ row, column, problem }) => [row, column, problem.code]),
      );
      done = batch.done;
    }
    return found;
  }

  for (const [name, encoding, encode] of [
    ["UTF-8", "utf-8", undefined],
    ["UTF-16", "utf-16le", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
  ]) {
    it(`gives every row once, with its line, however it is cut: ${name}`, async () => {
      const count = 9000;
      const reader = await openCsv(recording(count, encode), encoding, {}, wants);
      assert.deepEqual(reader.preview.suggested, COLUMNS);
      assert.equal(reader.preview.rowsExact, false);
      const estimate = reader.preview.rowEstimate;
      assert.ok(Math.abs(estimate - count) < count / 10, `about ${estimate} rows`);
      const found = await all(reader, 37);
      assert.equal(found.headers, 1);
      assert.equal(found.rows.length, count);
      let line = 2;
      found.rows.forEach(([row, place, state, time, level, flow, truth], at) => {
        assert.deepEqual([row, place], [at + 1, line], `row ${at}`);
        line += (at % 7 === 0 ? 2 : 1) + (at === Math.floor(count / 2) ? 1 : 0);
        const isBad = at % 101 === 50;
        assert.equal(state, isBad ? 1 : 0);
        if (!isBad) {
          assert.deepEqual([time, level, truth], [at, (at % 90) + 0.5, at % 2 ? "low" : "high"]);
          assert.deepEqual(flow, at % 13 === 0 ? NaN : at);
        }
      });
      assert.ok(found.bad.length > 80);
      assert.ok(
        found.bad.every(([row, ...rest]) => {
          return (row - 1) % 101 === 50 && rest.join() === "level,not_a_number";
        }),
      );
      assert.deepEqual(await all(reader, 100_000), found);
      // Anywhere, also where a row goes on in the next block.
      for (let first = 1; first < count; first += 431) {
        const last = Math.min(first + 29, count);
        const { rows } = await reader.rows(first, last, COLUMNS);
        const data = [...rows.states.keys()].filter((at) => rows.states[at] !== 2);
        assert.deepEqual(
          data.map((at) => [rows.lines[at], rows.times[at]]),
          found.rows.slice(first - 1, last).map(([, line, , time]) => [line, time]),
        );
      }
    });
  }

  it("asks what decides, and takes a person's word", async () => {
    const rows = Array.from({ length: 12 }, (_, at) => `${at},1,${250 + at};2,${300 + at}`);
    const file = new Blob([
      ["t;level;flow", ...rows.map((row) => row.replace(",", ";"))].join("\n"),
    ]);
    const refused = await openCsv(file, "utf-8", {}, wants).catch((error) => error);
    assert.deepEqual(
      [refused.code, refused.problem.code, refused.problem.choices],
      [
        "table",
        "two_numbers",
        [
          { option: "decimal", value: "point" },
          { option: "decimal", value: "comma" },
        ],
      ],
    );
    for (const [decimal, level] of [
      ["comma", 1.25],
      ["point", 1250],
    ]) {
      const reader = await openCsv(file, "utf-8", { decimal }, wants);
      reader.begin([1, 2, 0, null]);
      const { rows } = await reader.next(1);
      assert.equal(rows.values[0], level);
    }
  });

  it("refuses columns that are not there, and options that there are not", async () => {
    const file = new Blob(["t,level,flow\n0,1,2\n"]);
    const reader = await openCsv(file, "utf-8", {}, wants);
    for (const columns of [[], [0, 1, 2], [9, 1, 0, null], [null, 1, 0, null]]) {
      assert.throws(
        () => reader.begin(columns),
        ({ problem }) => problem.code === "columns",
      );
    }
    for (const told of [
      { decimal: "dot" },
      { times: "noon" },
      { headerLine: 0.5 },
      { rateHz: -1 },
    ]) {
      const refused = await openCsv(file, "utf-8", told, wants).catch((error) => error);
      assert.equal(refused.problem?.code, "option", JSON.stringify(told));
    }
  });
});

describe("the builds of the runtime", { skip: unable }, () => {
  it("read no tables: a module of its own does", async () => {
    // A word for missing that nothing else says.
    const word = "not available";
    const has = async (path) => (await readFile(join(root, "web/wasm", path))).includes(word);
    assert.ok(await has("tables/tables_bg.wasm"));
    for (const variant of ["relaxed", "simd128", "threads", "webgpu"]) {
      assert.ok(!(await has(`${variant}/senselm_bg.wasm`)), `${variant} has words for missing`);
    }
  });
});
