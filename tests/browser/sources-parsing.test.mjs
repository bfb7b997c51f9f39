/**
 * What the dashboard's sources make of lines and messages: readings, problems
 * with words, lines out of chunks. What a text means is tested in `crates/readings`.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { channels, importReader, importSource } from "./sources.mjs";
import { root } from "./support.mjs";

const encoder = new TextEncoder();

describe("messages", () => {
  let reading, ANY_FORMAT;
  before(async () => {
    reading = await importReader();
    ({ ANY_FORMAT } = await importSource("format"));
  });

  function read(text, options = {}, topic = "site/device") {
    const { names = ["temp", "hum", "press"], holds = "auto", topics = [], ...format } = options;
    const set = { ...ANY_FORMAT, ...format };
    const reader = new reading.MessageReader(reading.module, channels(names), holds, set, topics);
    const taken = reader.read(topic, typeof text === "string" ? encoder.encode(text) : text);
    reader.free();
    return taken;
  }

  const three = { values: [21.5, 40, 1013] };
  const small = { values: [1, 2, 3] };

  for (const [name, text, expected, options] of [
    ["an object", '{"temp":21.5,"hum":40,"press":1013}', [three]],
    ["an object in other case", '{"Temp":"21.5","HUM ":40,"press (hPa)":1013}', [three]],
    ["an object with less", '{"temp":21.5}', [{ values: [21.5, null, null] }]],
    ["NaN and null", '{"temp":NaN,"hum":null,"press":1013}', [{ values: [null, null, 1013] }]],
    ["a list", "[21.5,40,1013]", [three]],
    [
      "a list with a name for each place",
      "[7,1013,40,21.5]",
      [three],
      { columns: ["counter", "press", "hum", "temp"] },
    ],
    ["lists of values", "[[21.5,40,1013],[1,2,3]]", [three, small]],
    [
      "lists of objects",
      '[{"temp":21.5,"hum":40,"press":1013},{"temp":1}]',
      [three, { values: [1, null, null] }],
    ],
    ["a wrapper", '{"id":7,"readings":[[21.5,40,1013]]}', [three]],
    [
      "a list for each channel",
      '{"temp":[21.5,1],"hum":[40,2],"press":[1013,3],"time":[10,11]}',
      [
        { values: [21.5, 40, 1013], time_s: 10 },
        { values: [1, 2, 3], time_s: 11 },
      ],
    ],
    ["a line", "21.5,40,1013", [three]],
    ["a line with a semicolon and decimal commas", "21,5;40;1013", [three]],
    ["lines with a header", "press,temp,hum\n1013,21.5,40\r\n3,1,2\n", [three, small]],
    ["named values", "temp:21.5 hum:40 press:1013", [three]],
    ["a path", '{"dev":{"out":{"temp":21.5,"hum":40,"press":1013}}}', [three], { path: "dev.out" }],
    [
      "fields with other names",
      '{"bme":{"t":21.5,"h":40},"p":1013}',
      [three],
      { fields: ["bme.t", "bme.h", "p"] },
    ],
    [
      "a time outside of the path",
      '{"ts":1700000000500,"v":{"temp":21.5,"hum":40,"press":1013}}',
      [{ ...three, time_s: 1_700_000_000.5 }],
      { path: "v" },
    ],
    [
      "a time of its own name",
      '{"at":1500,"temp":21.5,"hum":40,"press":1013}',
      [{ ...three, time_s: 1.5 }],
      { time: "at", times: "ms" },
    ],
  ]) {
    it(`holds ${name}`, () => {
      const { readings, refused, complaints } = read(text, options);
      assert.deepEqual([refused, complaints], [null, []]);
      assert.deepEqual(
        readings.map(({ reading }) => reading),
        expected,
      );
    });
  }

  it("say of which channels they speak", () => {
    const spoken = (text, topic) => read(text, {}, topic).readings;
    const alone = { reading: { values: [null, 40, null] }, named: [false, true, false] };
    assert.deepEqual(spoken("40", "pump/7/Hum"), [alone]);
    assert.deepEqual(spoken('{"hum":40}'), [alone]);
    const missing = { reading: { values: [null, null, null] }, named: [true, false, false] };
    assert.deepEqual(spoken(" nan ", "pump/7/temp"), [missing]);
    const timed = { reading: { values: [null, null, 3], time_s: 9 }, named: [false, false, true] };
    assert.deepEqual(spoken('{"value":3,"ts":9}', "press"), [timed]);
  });

  it("with a decimal comma under a channel's topic are one number", () => {
    const { readings } = read("21,5", { names: ["temp", "hum"] }, "site/7/temp");
    const one = { reading: { values: [21.5, null] }, named: [true, false] };
    assert.deepEqual(readings, [one]);
  });

  it("without a name count only where one topic was asked for, and for one channel", () => {
    const lone = { names: ["temp"] };
    const { refused } = read("87", { ...lone, topics: ["plant/#"] }, "plant/battery");
    assert.deepEqual(refused, {
      key: "sources.problem_topic",
      values: { topic: '"plant/battery"' },
    });
    const { readings } = read("21.5", { ...lone, topics: ["plant/7"] }, "plant/7");
    assert.deepEqual(readings, [{ reading: { values: [21.5] }, named: [true] }]);
  });

  it("are refused with the values that say why", () => {
    for (const [text, code, values] of [
      ['{"temp":21.5', "json", {}],
      ["[1,2]", "count", { found: 2, expected: 3 }],
      [new Uint8Array([0xff, 0xfe, 0x31]), "encoding", {}],
      [new Uint8Array(256 * 1024 + 1).fill(0x20), "size", { limit: 256 * 1024 }],
      ["[".repeat(200_000), "depth", { limit: 16 }],
      [`[${"[1,2,3],".repeat(10_000)}[1,2,3]]`, "many", { limit: 10_000 }],
      ['{"temp":"warm"}', "not_a_number", { text: '"warm"' }],
    ]) {
      const { readings, refused } = read(text);
      assert.deepEqual(refused, { key: `sources.problem_${code}`, values });
      assert.deepEqual(readings, []);
    }
    assert.deepEqual(read('{"__proto__":{"foo":1}}').refused, {
      key: "sources.problem_names_there",
      values: { wanted: "temp, hum, press", known: '"foo"' },
    });
    assert.deepEqual(read('{"":{}}').refused, {
      key: "sources.problem_names",
      values: { wanted: "temp, hum, press", known: "" },
    });
    assert.equal({}.foo, undefined);
  });

  it("keep what is good beside what is not", () => {
    const mixed = read('{"temp":1,"hum":"high","press":3,"time":"soon"}');
    const [{ reading: found }] = mixed.readings;
    assert.deepEqual(found, { values: [1, null, 3] });
    assert.deepEqual(
      mixed.complaints.map(({ key }) => key),
      ["sources.problem_not_a_number", "sources.problem_not_a_time"],
    );
  });

  it("survive a thousand mutilations", () => {
    const whole = '{"ts":"2023-11-14T22:13:20Z","readings":[{"temp":21.5,"hum":NaN,"press":[1]}]}';
    let seed = 7;
    const random = (below) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let turn = 0; turn < 1000; turn += 1) {
      const bytes = encoder.encode(whole);
      for (let change = 0; change <= turn % 5; change += 1) {
        bytes[random(bytes.length)] = random(256);
      }
      const { readings } = read(bytes.subarray(0, random(bytes.length) + 1));
      for (const { reading } of readings) {
        assert.equal(reading.values.length, 3);
        assert.ok(reading.values.every((value) => value === null || Number.isFinite(value)));
      }
    }
  });
});

describe("what cannot be read", () => {
  it("has words in both languages, with the values that it has", () => {
    for (const language of ["en", "ar"]) {
      const words = readFileSync(join(root, `www/src/i18n/${language}/sources.ts`), "utf8");
      for (const [code, named] of Object.entries(CODES)) {
        const [, text] = new RegExp(`problem_${code}:\\s+"([^\n]+)",\n`).exec(words) ?? [];
        assert.ok(text, `${language} has no words for ${code}`);
        const used = [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        assert.deepEqual(used.toSorted(), named.toSorted(), `${language}: ${code}`);
      }
    }
  });
});

/** The problems of lines and messages, with the values that their words name. */
const CODES = {
  encoding: [],
  noise: [],
  size: ["limit"],
  depth: ["limit"],
  many: ["limit"],
  json: [],
  path: ["path"],
  names: ["wanted"],
  names_there: ["wanted", "known"],
  words: ["text"],
  count: ["found", "expected"],
  shape: [],
  topic: ["topic"],
  two_channels: ["topic", "one", "other"],
  two_places: ["wanted", "one", "other"],
  not_a_number: ["text"],
  too_large: ["text"],
  two_numbers: ["text", "decimals", "thousands"],
  other_decimal: ["text"],
  unknown_unit: ["text", "unit"],
  other_unit: ["text", "expected"],
  loose_unit: ["unit"],
  not_a_time: ["text"],
  no_times: ["text"],
  two_times: ["text", "first", "second"],
};

describe("lines", () => {
  let reading, LineSplitter, ANY_FORMAT;
  before(async () => {
    reading = await importReader();
    ({ LineSplitter } = await importSource("lines"));
    ({ ANY_FORMAT } = await importSource("format"));
  });

  const lineReader = () =>
    new reading.LineReader(reading.module, channels(["temp", "hum"]), ANY_FORMAT);

  it("are read whatever their form, a header first", () => {
    const reader = lineReader();
    const read = (line) => reader.read(line).readings.map(({ reading }) => reading);
    assert.deepEqual(read("21.5,40"), [{ values: [21.5, 40] }]);
    assert.deepEqual(read("Time;Hum (%);Temp (°C)"), []);
    assert.deepEqual(read("12;40;21,5"), [{ values: [21.5, 40], time_s: 12 }]);
    assert.deepEqual(read("temp:1,hum:2"), [{ values: [1, 2] }]);
    assert.deepEqual(read('{"temp":3,"hum":4}'), [{ values: [3, 4] }]);
    for (const [line, code] of [
      ["1,2", "count"],
      ["booting", "names_there"],
      ["21\ufffd5,3,4", "noise"],
    ]) {
      assert.equal(reader.read(line).refused.key, `sources.problem_${code}`);
    }
    reader.free();
  });

  it("that end a header are no header to start with", () => {
    const reader = lineReader();
    assert.equal(reader.isWholeHeader("hum,temp,time"), true);
    assert.equal(reader.isWholeHeader("mp,hum"), false);
    reader.free();
  });

  it("are put together from any chunks, with characters that are cut", () => {
    const text = "température: 21,5 °C\r\nlabel: ü\n\n\r\nlast";
    const bytes = encoder.encode(text);
    for (let size = 1; size <= bytes.length; size += 1) {
      const splitter = new LineSplitter(() => assert.fail("no line is too long"));
      const lines = [];
      for (let at = 0; at < bytes.length; at += size) {
        lines.push(...splitter.push(bytes.subarray(at, at + size)));
      }
      const expected = ["température: 21,5 °C", "label: ü", "", ""];
      assert.deepEqual(lines, expected, `chunks of ${size}`);
      assert.deepEqual(splitter.push(encoder.encode("\n")), ["last"]);
    }
  });

  it("that never end are left out, and the next is read", () => {
    let tooLong = 0;
    const splitter = new LineSplitter(() => (tooLong += 1), 100);
    const lines = [];
    for (let chunk = 0; chunk < 1000; chunk += 1) {
      lines.push(...splitter.push(new Uint8Array(64).fill(0x41)));
    }
    lines.push(...splitter.push(encoder.encode("\n1,2\n")));
    assert.deepEqual(lines, ["1,2"]);
    assert.equal(tooLong, 1);
  });
});
