/** What the dashboard's sources make of text from outside: numbers, JSON, messages, lines. */

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { channels, importSource } from "./sources.mjs";

const encoder = new TextEncoder();

/** What a call throws as `Unusable`, by its key. */
function refused(call) {
  try {
    call();
  } catch (error) {
    assert.equal(error.name, "Unusable", `${error.stack}`);
    return error.reason.key.replace("sources.", "");
  }
  return null;
}

describe("numbers, times and JSON from outside", () => {
  let untrusted;
  before(async () => (untrusted = await importSource("untrusted")));

  it("numbers are finite, null, or no number", () => {
    const { toNumber } = untrusted;
    for (const [value, expected] of [
      [21.5, 21.5],
      ["21.5", 21.5],
      [" -1e-3 ", -0.001],
      [".5", 0.5],
      [true, 1],
      [null, null],
      [NaN, null],
      [Infinity, null],
      ["NaN", null],
      ["-inf", null],
      ["1e999", null],
      ["", null],
      ["--5", undefined],
      ["0x10", undefined],
      ["21,5", undefined],
      ["twelve", undefined],
      ["1".repeat(65), undefined],
      [{}, undefined],
      [[1], undefined],
      [undefined, undefined],
    ]) {
      assert.equal(toNumber(value), expected, JSON.stringify(value));
    }
    assert.equal(toNumber("21,5", true), 21.5);
    assert.equal(toNumber("1,234,5", true), undefined);
  });

  it("times are seconds, whatever they were", () => {
    const { toSeconds } = untrusted;
    assert.equal(toSeconds(1_700_000_000, "auto"), 1_700_000_000);
    assert.equal(toSeconds(1_700_000_000_500, "auto"), 1_700_000_000.5);
    assert.equal(toSeconds("1700000000500000", "auto"), 1_700_000_000.5);
    assert.equal(toSeconds(1500, "ms"), 1.5);
    assert.equal(toSeconds("2023-11-14T22:13:20.250Z", "auto"), 1_700_000_000.25);
    assert.equal(toSeconds("2023-11-14 23:13:20+01:00", "iso"), 1_700_000_000);
    assert.equal(toSeconds(5, "iso"), null);
    assert.equal(toSeconds("yesterday", "auto"), null);
    assert.equal(toSeconds("2023-99-99T00:00:00Z", "auto"), null);
    assert.equal(toSeconds({}, "auto"), null);
    assert.equal(toSeconds(Infinity, "auto"), null);
  });

  it("JSON may have NaN, but is not deep", () => {
    const { parseJson, MOST_LEVELS } = untrusted;
    const text = '{"a":NaN,"b":[-Infinity, Infinity,1],"c":"NaN \\" NaN"}';
    assert.deepEqual(parseJson(text), { a: null, b: [null, null, 1], c: 'NaN " NaN' });
    const nested = (levels) => "[".repeat(levels) + "]".repeat(levels);
    assert.ok(parseJson(nested(MOST_LEVELS)));
    assert.equal(
      refused(() => parseJson(nested(MOST_LEVELS + 1))),
      "problem_depth",
    );
    assert.equal(
      refused(() => parseJson("[".repeat(200_000))),
      "problem_depth",
    );
    for (const broken of ["", "{", '{"a":}', "[1,2", "NaNN", "{'a':1}", '"\\"'.repeat(50_000)]) {
      assert.equal(
        refused(() => parseJson(broken)),
        "problem_json",
        broken.slice(0, 20),
      );
    }
  });

  it("a path reaches own properties and nothing else", () => {
    const { at } = untrusted;
    const value = { a: { b: [{ c: 5 }] }, "x.y": 6 };
    assert.equal(at(value, "a.b.0.c"), 5);
    assert.equal(at(value, "x.y"), 6);
    assert.equal(at(value, ""), value);
    for (const path of ["__proto__", "constructor.name", "a.b.length", "a.b.-1", "toString"]) {
      assert.equal(at(value, path), undefined, path);
    }
  });
});

describe("messages", () => {
  let PayloadReader, ANY_FORMAT;
  before(async () => {
    ({ PayloadReader } = await importSource("payload"));
    ({ ANY_FORMAT } = await importSource("format"));
  });

  const model = channels(["temp", "hum", "press"]);

  function reader({ names, holds = "auto", complaints = [], ...format } = {}) {
    return new PayloadReader(
      names ? channels(names) : model,
      holds,
      { ...ANY_FORMAT, ...format },
      (problem) => complaints.push(problem.key.replace("sources.", "")),
    );
  }

  const read = (text, options, topic = "site/device") =>
    reader(options).read(topic, typeof text === "string" ? encoder.encode(text) : text);

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
      { time: "at", timeUnit: "ms" },
    ],
  ]) {
    it(`holds ${name}`, () => {
      assert.deepEqual(read(text, options), { kind: "readings", readings: expected });
    });
  }

  it("holds one channel's value where the topic ends with its name", () => {
    const value = (channel, value, time_s = null) => ({ kind: "value", channel, value, time_s });
    assert.deepEqual(read("21.5", {}, "pump/7/temp"), value(0, 21.5));
    assert.deepEqual(read(" nan ", {}, "pump/7/Hum"), value(1, null));
    assert.deepEqual(read('{"value":3,"ts":9}', {}, "press"), value(2, 3, 9));
    const options = { names: ["bme/temp", "b"], holds: "value" };
    assert.deepEqual(read("1", options, "site/bme/temp"), value(0, 1));
    // A lone channel's value is a whole reading.
    const lone = read("21.5", { names: ["temp"] }, "pump/7/temp");
    assert.deepEqual(lone, { kind: "readings", readings: [{ values: [21.5] }] });
  });

  for (const [name, text, reason, options, topic] of [
    ["broken JSON", '{"temp":21.5', "problem_json"],
    ["no channel", '{"foo":1}', "problem_names"],
    ["words for numbers", '{"temp":"warm"}', "problem_number"],
    ["too few values", "[1,2]", "problem_count"],
    ["too many values", "1,2,3,4", "problem_count"],
    ["nothing", "", "problem_number"],
    ["an empty list", "[]", "problem_count"],
    ["a path to nothing", '{"temp":1}', "problem_path", { path: "a.b" }],
    ["lists of two lengths", '{"temp":[1,2],"hum":[1]}', "problem_count"],
    ["bytes that are no text", new Uint8Array([0xff, 0xfe, 0x31]), "problem_encoding"],
    ["UTF-16", new Uint8Array(Buffer.from("\ufeff21.5,40,3", "utf16le")), "problem_encoding"],
    ["more than fits", new Uint8Array(256 * 1024 + 1).fill(0x20), "problem_size"],
    ["more readings than fit", `[${"[1,2,3],".repeat(10_000)}[1,2,3]]`, "problem_many"],
    ["a topic of no channel", "5", "problem_topic", { holds: "value" }, "pump/7/speed"],
    ["a prototype", '{"__proto__":{"temp":1,"hum":2}}', "problem_names"],
    ["what a device says", "WiFi connected", "problem_names"],
  ]) {
    it(`is refused for ${name}`, () => {
      assert.equal(
        refused(() => read(text, options, topic)),
        reason,
      );
      assert.equal({}.temp, undefined);
    });
  }

  it("keeps what is good beside what is not", () => {
    const complaints = [];
    const mixed = read('[{"temp":1,"hum":2,"press":3},{"foo":1},[1,2,3],null]', { complaints });
    assert.deepEqual(mixed.readings, [small, small]);
    assert.deepEqual(complaints, ["problem_names", "problem_shape"]);
    complaints.length = 0;
    const lines = read("1,2,3\nnoise\n1,2,3", { complaints });
    assert.deepEqual(lines.readings, [small, small]);
    assert.deepEqual(complaints, ["problem_names"]);
    complaints.length = 0;
    const odd = read('{"temp":1,"hum":"high","press":3,"time":"soon"}', { complaints });
    assert.deepEqual(odd.readings, [{ values: [1, null, 3] }]);
    assert.deepEqual(complaints, ["problem_number", "problem_time"]);
  });

  it("survives a thousand mutilated messages", () => {
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
      const cut = bytes.subarray(0, random(bytes.length) + 1);
      let content = null;
      refused(() => (content = read(cut)));
      for (const { values } of content?.readings ?? []) {
        assert.equal(values.length, 3);
        assert.ok(values.every((value) => value === null || Number.isFinite(value)));
      }
    }
  });
});

describe("lines", () => {
  let parseLine, LineReader, LineSplitter, ANY_FORMAT;
  before(async () => {
    ({ parseLine } = await importSource("parse-line"));
    ({ LineReader, LineSplitter } = await importSource("lines"));
    ({ ANY_FORMAT } = await importSource("format"));
  });

  const pairs = [
    ["temp", "21.5"],
    ["hum", "40"],
  ];

  for (const [line, expected] of [
    ["21.5,40", { kind: "values", values: ["21.5", "40"], decimalComma: false }],
    ["21,5;40", { kind: "values", values: ["21,5", "40"], decimalComma: true }],
    ["21.5\t40", { kind: "values", values: ["21.5", "40"], decimalComma: true }],
    ["  21.5   40 ", { kind: "values", values: ["21.5", "40"], decimalComma: false }],
    [
      "2023-11-14T22:13:20Z,nan,",
      { kind: "values", values: ["2023-11-14T22:13:20Z", "nan", ""], decimalComma: false },
    ],
    ["temp:21.5,hum:40", { kind: "named", named: pairs }],
    ["temp: 21.5\thum: 40", { kind: "named", named: pairs }],
    ["temp=21.5 hum=40", { kind: "named", named: pairs }],
    ["temp: 21.5C, hum: 40%", { kind: "named", named: pairs }],
    ["temp: 21.5 °C, hum: 40 %", { kind: "named", named: pairs }],
    ['"temp","hum"', { kind: "words", words: ["temp", "hum"] }],
    ["[1,2]", { kind: "json" }],
    ['{"a":1}', { kind: "json" }],
  ]) {
    it(`"${line}" is understood`, () => {
      assert.deepEqual(parseLine(line), expected);
    });
  }

  it("does not take half of what it does not understand for a number", () => {
    const { named } = parseLine("temp:0x1F,hum:1.2.3.4");
    assert.deepEqual(named, [
      ["temp", "0x1F"],
      ["hum", "1.2.3.4"],
    ]);
  });

  it("are read whatever their form, a header first", () => {
    const complaints = [];
    const model = channels(["temp", "hum"]);
    const reader = new LineReader(model, ANY_FORMAT, (problem) => complaints.push(problem.key));
    const values = (line) => reader.read(line).map((reading) => reading.values);
    assert.deepEqual(values("21.5,40"), [[21.5, 40]]);
    assert.deepEqual(values("21.5,40,"), [[21.5, 40]]);
    assert.deepEqual(values("Time,Hum (%),Temp (°C)"), []);
    assert.deepEqual(reader.read("12,40,21.5"), [{ values: [21.5, 40], time_s: 12 }]);
    assert.deepEqual(values("temp:1,hum:2"), [[1, 2]]);
    assert.deepEqual(values('{"temp":3,"hum":4}'), [[3, 4]]);
    assert.equal(
      refused(() => reader.read("1,2")),
      "problem_count",
    );
    assert.equal(
      refused(() => reader.read("booting")),
      "problem_names",
    );
    assert.equal(
      refused(() => reader.read("21\ufffd5,3,4")),
      "problem_noise",
    );
    assert.deepEqual(complaints, []);
  });

  it("that end a header are no header to start with", () => {
    const reader = new LineReader(channels(["temp", "hum"]), ANY_FORMAT, () => undefined);
    assert.equal(reader.isWholeHeader("hum,temp,time"), true);
    assert.equal(reader.isWholeHeader("mp,hum"), false);
    assert.equal(reader.isWholeHeader("temp:1,hum:2"), false);
    assert.equal(reader.isWholeHeader("1,2"), false);
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
