/** Streams, recordings and embeddings of the package, in Chromium. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  cannotRun,
  inPage,
  launch,
  made,
  noProgram,
  root,
  senselm,
  servePackage,
} from "./support.mjs";
import { simulates } from "./simulated.mjs";

const unable = cannotRun();
const csv = unable ? "" : readFileSync(join(root, "examples/pump.csv"), "utf8");

let browser, server;

before(async () => {
  if (!unable) {
    browser = await launch();
    server = await servePackage({ isolated: false });
  }
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** What `body` gives in a page that has the package; whatever else it did is a fault. */
async function faultless(body, argument, prepare) {
  const { result, faults } = await inPage(browser, server, body, argument, prepare);
  assert.deepEqual(faults, []);
  return result;
}

describe("a recording that comes row by row", { skip: unable }, () => {
  it("gives what the file gives, whatever its columns are called", async () => {
    const { whole, pushed, warnings } = await faultless(async (csv) => {
      const model = await window.senselm.SenseLM.load("/models/pump.gguf");
      const bytes = new TextEncoder().encode(csv);
      const recording = await model.readCsv(bytes.buffer);
      const whole = [];
      for (const { window, truth, place } of recording.records) {
        const { label, probability } = await model.answer(window);
        whole.push({ truth, place, label, probability });
      }
      const [header, ...rows] = csv
        .trim()
        .split("\n")
        .map((line) => line.split(",").reverse());
      const expected = await model.expects();
      const units = new Map(expected.map(({ name, unit }) => [name, unit]));
      const titles = header.map((name) => `${name.toUpperCase()} [${units.get(name) ?? ""}]`);
      const columns = await model.suggestColumns(titles);
      const reader = await model.openRecording(titles, columns);
      const pushed = [];
      for (let at = 0; at < rows.length; at += 7) {
        const { answered, bad } = await reader.push(rows.slice(at, at + 7));
        if (bad.length > 0) {
          throw new Error(bad[0].reason);
        }
        for (const { truth, place, answer } of answered) {
          pushed.push({ truth, place, label: answer.label, probability: answer.probability });
        }
      }
      const warnings = await reader.finish();
      const again = await window.codeOf(reader.push([]));
      model.close();
      return { whole, pushed, warnings: [...warnings, again] };
    }, csv);
    assert.ok(whole.length > 10);
    assert.deepEqual(pushed, whole);
    assert.equal(warnings.at(-1), "closed");
  });

  it("says which row it could not use, and goes on behind it", async () => {
    const { bad, answered, rows } = await faultless(async (csv) => {
      const model = await window.senselm.SenseLM.load("/models/pump.gguf");
      const [header, ...rows] = csv
        .trim()
        .split("\n")
        .map((line) => line.split(","));
      rows[3] = rows[3].with(2, "broken");
      rows[5] = ["1", "2"];
      const reader = await model.openRecording(header, await model.suggestColumns(header));
      const { answered, bad } = await reader.push(rows);
      model.close();
      return { bad, answered: answered.map(({ place }) => place.row), rows: rows.length };
    }, csv);
    assert.deepEqual(
      bad.map(({ row, line, column, name }) => ({ row, line, column, name })),
      [
        { row: 4, line: 5, column: 3, name: "suction" },
        { row: 6, line: 7, column: 1, name: "" },
      ],
    );
    // The first window begins behind the last bad row.
    assert.equal(answered[0], 36);
    assert.ok(answered.at(-1) <= rows);
  });
});

describe("a stream", { skip: unable }, () => {
  it("answers the windows of readings as they come", async () => {
    const { whole, streamed, gap, reset } = await faultless(async (csv) => {
      const model = await window.senselm.SenseLM.load("/models/pump.gguf");
      const lines = csv
        .trim()
        .split("\n")
        .map((line) => line.split(","));
      const [header, ...rows] = lines.filter((cells) => cells[1] === "machine" || cells[1] === "0");
      const reader = await model.openRecording(header, await model.suggestColumns(header));
      const { answered } = await reader.push(rows);
      const whole = answered.map(({ place, answer }) => [place.row, answer.label]);
      const columns = model.info.channels.map(({ name }) => header.indexOf(name));
      const readings = rows.map((cells) => ({
        values: columns.map((at) => (cells[at] === "" ? null : Number(cells[at]))),
        time_s: Number(cells[0]),
      }));
      const stream = await model.openStream();
      const streamed = [];
      for (let at = 0; at < readings.length; at += 4) {
        const step = await stream.push(readings.slice(at, at + 4));
        for (const { start, end, window, answer } of step.answered) {
          if (window.channels.some((samples) => samples.length !== end - start)) {
            throw new Error("the window is not the readings");
          }
          streamed.push([end, answer.label]);
        }
      }
      const late = { ...readings[0], time_s: 1e6 };
      const { gaps } = await stream.push([late]);
      const reset = await stream.reset();
      model.close();
      return { whole, streamed, gap: gaps, reset };
    }, csv);
    assert.ok(whole.length > 3);
    assert.deepEqual(streamed, whole);
    assert.deepEqual([gap, reset], [1, 1]);
  });

  it("takes readings of the simulated pump, cut as one likes", async () => {
    const { ends, expected, same } = await faultless(
      async () => {
        const model = await window.senselm.SenseLM.load("/models/pump.gguf");
        const pump = await window.simulated(model, 7);
        const readings = pump.take(100);
        const repeated = await window.simulated(model, 7);
        const again = [...repeated.take(60), ...repeated.take(40)];
        const length = model.info.max_samples;
        const stream = await model.openStream({ length, stride: 35 });
        const { answered } = await stream.push(readings);
        const rate = readings.every(({ time_s }, at) => time_s === at / pump.sampleRateHz);
        const same = rate && JSON.stringify(readings) === JSON.stringify(again);
        model.close();
        return {
          ends: answered.map(({ end }) => end),
          expected: [length, length + 35, length + 70].filter((end) => end <= 100),
          same,
        };
      },
      undefined,
      simulates,
    );
    assert.deepEqual(ends, expected);
    assert.ok(same);
  });
});

describe("the simulated pump", { skip: unable }, () => {
  it("is refused what it does not have, and lives on", async () => {
    const said = await faultless(async () => {
      const folder = "/web/wasm/simulate";
      const { default: start, conditions, Pump } = await import(`${folder}/simulate.js`);
      await start({ module_or_path: `${folder}/simulate_bg.wasm` });
      const pump = new Pump(1, "normal", ["flow"]);
      const calls = {
        seed: () => new Pump(0.5, "normal", ["flow"]),
        begin: () => new Pump(1, "well", ["flow"]),
        sensor: () => new Pump(1, "normal", ["flow", "chest"]),
        change: () => pump.setCondition("well"),
        none: () => pump.readings(0),
        half: () => pump.readings(1.5),
        many: () => pump.readings(1e12),
      };
      const said = {};
      for (const [name, call] of Object.entries(calls)) {
        try {
          said[name] = `none: ${call()}`;
        } catch (error) {
          said[name] = error.message;
        }
      }
      return { ...said, conditions: conditions().join(", "), alive: pump.readings(3).length };
    });
    const { conditions, alive, ...refused } = said;
    const other = `no condition "well"; there are: ${conditions}`;
    const count = "readings are a whole number from 1 to 100000";
    const { sensor, ...others } = refused;
    assert.deepEqual(others, {
      seed: "a seed is a whole number from 0 to 2^53 - 1",
      begin: other,
      change: other,
      none: count,
      half: count,
      many: count,
    });
    assert.match(sensor, /no sensor "chest", only .*flow.*: this model is for something else/);
    assert.match(conditions, /^normal, .*cavitation/);
    assert.equal(alive, 3);
  });
});

describe("embeddings", { skip: unable }, () => {
  it("are vectors of the model's width, close for what is close", async () => {
    const { width, lengths, cosines } = await faultless(
      async () => {
        const model = await window.senselm.SenseLM.load("/models/pump.gguf");
        const pump = await window.simulated(model, 3);
        const windowOf = () => {
          const readings = pump.take(model.info.max_samples);
          return {
            channels: model.info.channels.map((_, at) => readings.map((r) => r.values[at])),
          };
        };
        const normal = [windowOf(), windowOf()];
        pump.setCondition("cavitation");
        pump.take(120);
        const cavitation = windowOf();
        const vectors = [];
        for (const what of [...normal, cavitation, "a text", "a text"]) {
          vectors.push(await model.embed(what));
        }
        const cosine = (a, b) => {
          const dot = (a, b) => a.reduce((sum, x, at) => sum + x * b[at], 0);
          return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
        };
        const [one, two, other, text, again] = vectors;
        const width = model.info.width;
        model.close();
        return {
          width,
          lengths: vectors.map((vector) => vector.length),
          cosines: {
            alike: cosine(one, two),
            unlike: cosine(one, other),
            same: cosine(text, again),
          },
        };
      },
      undefined,
      simulates,
    );
    assert.deepEqual(new Set(lengths), new Set([width]));
    assert.ok(cosines.alike > cosines.unlike, JSON.stringify(cosines));
    assert.ok(Math.abs(cosines.same - 1) < 1e-6);
  });
});

describe("a text on a page without shared memory", { skip: unable || noProgram() }, () => {
  it("stops soon after it is cancelled", async () => {
    const shape = ["--preset", "5m", "--vocab", "512", "--type", "Q8_0", "--seed", "1"];
    senselm("init", ...shape, "-o", join(made(), "cancelled.gguf"));
    const countPieces = (page) =>
      page.addInitScript(() => {
        window.pieces = 0;
        window.Worker = class extends Worker {
          constructor(...parameters) {
            super(...parameters);
            this.addEventListener("message", ({ data }) => (window.pieces += "piece" in data));
          }
        };
      });
    const { code, pieces, context } = await faultless(
      async () => {
        const model = await window.senselm.SenseLM.load("/made/cancelled.gguf");
        const controller = new AbortController();
        const abort = () => window.pieces > 0 && controller.abort();
        const timer = setInterval(abort, 1);
        const { context } = model.info;
        const options = { max_tokens: context - 1, ignore_end: true, signal: controller.signal };
        const generated = model.generate("A", options);
        const code = await window.codeOf(generated.result);
        clearInterval(timer);
        // Answered behind the text that was cancelled.
        await model.tokenize("still there");
        model.close();
        return { code, pieces: window.pieces, context };
      },
      undefined,
      countPieces,
    );
    assert.equal(code, "cancelled");
    assert.ok(pieces < context / 2, `${pieces} of ${context} tokens came`);
  });
});

describe("whatever else JavaScript passes", { skip: unable }, () => {
  it("is refused with a code, and the model lives on", async () => {
    const codes = await faultless(async () => {
      const model = await window.senselm.SenseLM.load("/models/pump.gguf");
      const header = ["time_s", ...model.info.channels.map(({ name }) => name)];
      const columns = await model.suggestColumns(header);
      const reader = await model.openRecording(header, columns);
      const stream = await model.openStream();
      const values = model.info.channels.map(() => 1);
      const calls = {
        headerAsText: () => model.suggestColumns("time_s"),
        titleAsNumber: () => model.suggestColumns([1]),
        wideHeader: () => model.suggestColumns(new Array(1e6).fill("a")),
        noColumns: () => model.openRecording(header, []),
        halfAColumn: () => model.openRecording(header, columns.with(0, 0.5)),
        noSuchColumn: () => model.openRecording(header, columns.with(0, 99)),
        rowsAsText: () => reader.push("rows"),
        rowAsText: () => reader.push(["row"]),
        cellAsNumber: () => reader.push([[1]]),
        manyRows: () => reader.push(new Array(1e6)),
        readingAsNumber: () => stream.push([1]),
        noValues: () => stream.push([{}]),
        fewValues: () => stream.push([{ values: [1] }]),
        valueAsText: () => stream.push([{ values: values.with(0, "1") }]),
        timeAsText: () => stream.push([{ values, time_s: "now" }]),
        tooMuch: () => stream.push(new Array(1e5 + 1).fill({ values })),
        shortWindows: () => model.openStream({ length: 1 }),
        noStride: () => model.openStream({ stride: 0 }),
        unknownOption: () => model.openStream({ step: 1 }),
        embedNothing: () => model.embed(undefined),
        embedEmpty: () => model.embed(""),
      };
      const codes = {};
      for (const [name, call] of Object.entries(calls)) {
        codes[name] = await window.codeOf(call());
      }
      codes.alive = await window.codeOf(stream.push([{ values }]));
      await stream.close();
      codes.closed = await window.codeOf(stream.push([{ values }]));
      let opened = 0;
      try {
        for (;;) {
          await model.openStream();
          opened += 1;
        }
      } catch (error) {
        codes.opened = [opened, error.code];
      }
      model.close();
      return codes;
    });
    const { unknownOption, embedEmpty, alive, closed, opened, ...others } = codes;
    for (const [name, code] of Object.entries(others)) {
      assert.equal(code, "bad_input", name);
    }
    assert.deepEqual([unknownOption, embedEmpty], ["bad_option", "empty_prompt"]);
    assert.deepEqual([alive, closed], ["no error", "closed"]);
    assert.deepEqual(opened, [64, "bad_input"]);
  });
});
