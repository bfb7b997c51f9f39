/** The pure parts of the dashboard's sources: parsing, units, waits, sampling. */

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

describe("waits between attempts", () => {
  let Backoff;
  before(async () => ({ Backoff } = await importSource("backoff")));

  it("double up to a cap, half of them chance", () => {
    const options = { firstMs: 500, capMs: 30_000, now: () => 0 };
    const longest = new Backoff({ ...options, random: () => 1 });
    const shortest = new Backoff({ ...options, random: () => 0 });
    const eight = (backoff) => Array.from({ length: 8 }, () => backoff.delay());
    assert.deepEqual(eight(longest), [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    assert.deepEqual(eight(shortest), [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    for (let attempt = 0; attempt < 2000; attempt += 1) {
      assert.equal(longest.delay(), 30_000);
    }
  });

  it("start over behind a connection that held, not behind one that broke at once", () => {
    let nowMs = 0;
    const backoff = new Backoff({ stableMs: 10_000, now: () => nowMs, random: () => 1 });
    backoff.delay();
    backoff.connected();
    nowMs += 9_999;
    assert.equal(backoff.delay(), 1000);
    backoff.connected();
    nowMs += 10_000;
    assert.equal(backoff.delay(), 500);
  });
});

describe("units", () => {
  let convert, quantityOf;
  before(async () => ({ convert, quantityOf } = await importSource("units")));

  for (const [value, from, to, expected] of [
    [25, "°C", "F", 77],
    [25, "C", "K", 298.15],
    [77, "°F", "degC", 25],
    [101_325, "Pa", "hPa", 1013.25],
    [101_325, "Pa", "kPa", 101.325],
    [1013.25, "mbar", "bar", 1.01325],
    [1, "bar", "psi", 14.5037738],
    [50, "%", "fraction", 0.5],
    [9.80665, "m/s²", "g", 1],
    [180, "°/s", "rad/s", Math.PI],
    [10, "m/s", "km/h", 36],
    [1e-9, "kg/m³", "µg/m³", 1],
    [800, "ppm", "ppb", 800_000],
    [21.5, "", "K", 21.5],
    [21.5, "°C", "", 21.5],
    [21.5, "furlong", "furlong", 21.5],
  ]) {
    it(`${value} ${from} in ${to || "nothing said"}`, () => {
      const found = convert(value, from, to);
      assert.ok(Math.abs(found - expected) <= 1e-7 * Math.abs(expected), `${found}`);
    });
  }

  it("that measure something else are not converted", () => {
    assert.equal(convert(1, "°C", "Pa"), null);
    assert.equal(convert(1, "°C", "furlong"), null);
    assert.equal(convert(1, "constructor", "°C"), null);
    assert.equal(quantityOf("hPa"), "pressure");
    assert.equal(quantityOf("__proto__"), null);
  });
});

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

describe("sample and hold", () => {
  let Sampler;
  before(async () => ({ Sampler } = await importSource("sampler")));

  function sampler(count, sampling) {
    const record = { readings: [], gaps: 0 };
    record.sampler = new Sampler(
      count,
      sampling,
      (readings) => record.readings.push(...readings),
      () => (record.gaps += 1),
    );
    return record;
  }

  it("waits until every channel is known, then reads at the rate", () => {
    const { sampler: it, readings, gaps } = sampler(2, { rateHz: 2, maxAgeS: 10 });
    it.put(0, 1, 100);
    it.advance(100.4);
    assert.deepEqual(readings, []);
    it.put(1, 5, 100.5);
    it.advance(100.6);
    it.put(0, 2, 100.9);
    it.advance(101.6);
    assert.deepEqual(readings, [
      { values: [1, 5], time_s: 100.5 },
      { values: [2, 5], time_s: 101 },
      { values: [2, 5], time_s: 101.5 },
    ]);
    assert.equal(gaps, 0);
  });

  it("joins values of one moment that come one after the other", () => {
    const { sampler: it, readings } = sampler(2, { rateHz: 1, maxAgeS: 3 });
    for (let second = 0; second < 5; second += 1) {
      it.put(0, second, second);
      it.put(1, second * 10, second + 0.01);
    }
    it.advance(4.02);
    const expected = [0, 1, 2, 3, 4].map((second) => [second, second * 10]);
    assert.deepEqual(
      readings.map((reading) => reading.values),
      expected,
    );
  });

  it("gives null for what is too old, and nothing at all where all is", () => {
    const record = sampler(2, { rateHz: 1, maxAgeS: 2 });
    record.sampler.put(0, 1, 0);
    record.sampler.put(1, 1, 0);
    for (let second = 0; second <= 4; second += 1) {
      record.sampler.put(0, second, second);
    }
    record.sampler.advance(4);
    assert.deepEqual(
      record.readings.map((reading) => reading.values),
      [
        [0, 1],
        [1, 1],
        [2, 1],
        [3, null],
        [4, null],
      ],
    );
    for (let second = 5; second <= 12; second += 1) {
      record.sampler.advance(second);
    }
    assert.equal(record.readings.length, 7, "the held value lasts two seconds more");
    assert.equal(record.gaps, 1);
    record.sampler.put(0, 7, 13);
    record.sampler.put(1, 7, 13);
    record.sampler.advance(13);
    assert.deepEqual(record.readings.at(-1), { values: [7, 7], time_s: 13 });
  });

  it("starts without a channel that never speaks", () => {
    const { sampler: it, readings } = sampler(2, { rateHz: 1, maxAgeS: 2 });
    for (let second = 0; second <= 4; second += 1) {
      it.put(0, second, second);
    }
    it.advance(4);
    assert.ok(readings.length > 0);
    assert.ok(readings.every(({ values }) => values[1] === null));
  });

  it("does not make up for a night, nor for a clock that jumps", () => {
    const record = sampler(1, { rateHz: 50, maxAgeS: 1 });
    const speak = (from) => {
      for (let step = 0; step < 50; step += 1) {
        record.sampler.put(0, step, from + step / 50);
      }
      record.sampler.advance(from + 1);
    };
    speak(0);
    speak(30_000);
    assert.equal(record.gaps, 1);
    speak(10);
    assert.equal(record.gaps, 2);
    record.sampler.put(0, 1, 1e300);
    record.sampler.put(0, 1, Infinity);
    record.sampler.put(0, 1, NaN);
    speak(20);
    assert.ok(record.readings.length <= 210, `${record.readings.length} readings`);
    const last = record.readings.at(-1).time_s;
    assert.ok(last > 20 && last <= 21, `the last reading is of ${last}`);
  });

  it("adds up no rounding over a day", () => {
    const { sampler: it, readings } = sampler(1, { rateHz: 10, maxAgeS: 60 });
    let count = 0;
    for (let second = 0; second < 86_400; second += 30) {
      it.put(0, second, second);
      it.advance(second);
      count += readings.splice(0).length;
    }
    assert.equal(count, (86_400 - 30) * 10 + 1);
  });
});

describe("characteristics of the Environmental Sensing service", () => {
  let sensing;
  before(async () => (sensing = await importSource("environmental-sensing")));

  const view = (...bytes) => new DataView(new Uint8Array(bytes).buffer);

  for (const [name, bytes, expected] of [
    ["temperature", [0x66, 0x08], 21.5],
    ["temperature", [0x0c, 0xfe], -5],
    ["temperature", [0x00, 0x80], null],
    ["humidity", [0x94, 0x11], 45],
    ["humidity", [0xff, 0xff], null],
    ["pressure", [0xcd, 0x75, 0x0f, 0x00], 101_319.7],
    ["dew_point", [0xfb], -5],
    ["uv_index", [0x07], 7],
    ["irradiance", [0x10, 0x27], 1000],
    ["true_wind_speed", [0xd2, 0x04], 12.34],
    ["elevation", [0x18, 0xfc, 0xff], -10],
    ["pollen_concentration", [0x01, 0x00, 0x01], 65_537],
    ["gust_factor", [0x0f], 1.5],
    ["co2", [0x20, 0x03], 800],
    ["co2", [0xff, 0xff], null],
    ["pm2_5", [0x0c, 0x80], 12e-8],
    ["pm2_5", [0xf4, 0x1f], -120],
    ["pm2_5", [0xff, 0x07], null],
    ["magnetic_flux_y", [0, 0, 0xf4, 0x01, 0, 0], 5e-5],
  ]) {
    it(`${name} ${bytes.map((byte) => byte.toString(16)).join(" ")}`, () => {
      const matching = sensing.QUANTITIES.filter((quantity) => quantity.name === name);
      const quantity = matching.find((one) => one.bytes === bytes.length);
      assert.equal(sensing.decode(quantity, view(...bytes)), expected);
    });
  }

  it("fill channels by name and unit, each once", () => {
    const { assign } = sensing;
    const offered = [
      { uuid: 0x2a6e, characteristic: "t1" },
      { uuid: 0x2a6e, characteristic: "t2" },
      { uuid: 0x2a6f, characteristic: "h" },
      { uuid: 0x2a7b, characteristic: "d" },
      { uuid: 0xffff, characteristic: "?" },
    ];
    const model = [
      { name: "Room temperature", unit: "K", sample_rate_hz: 1 },
      { name: "temp", unit: "°C", sample_rate_hz: 1 },
      { name: "dew_point", unit: "F", sample_rate_hz: 1 },
      { name: "humidity", unit: "Pa", sample_rate_hz: 1 },
      { name: "vibration", unit: "mm/s", sample_rate_hz: 1 },
    ];
    const assigned = assign(model, offered).map((one) => [one.channel, one.characteristic]);
    assert.deepEqual(assigned, [
      [0, "t2"],
      [1, "t1"],
      [2, "d"],
    ]);
  });
});

describe("channels of motion", () => {
  let motionAxisOf;
  before(async () => ({ motionAxisOf } = await importSource("motion")));

  for (const [name, expected] of [
    ["acc_x", ["accelerationIncludingGravity", "x"]],
    ["Accel-Y", ["accelerationIncludingGravity", "y"]],
    ["az", ["accelerationIncludingGravity", "z"]],
    ["x_acc", ["accelerationIncludingGravity", "x"]],
    ["linear_acceleration_z", ["acceleration", "z"]],
    ["gyro_x", ["rotationRate", "x"]],
    ["gz", ["rotationRate", "z"]],
    ["flux", null],
    ["proximity", null],
    ["x", null],
    ["", null],
  ]) {
    it(`"${name}"`, () => {
      const found = motionAxisOf(name);
      assert.deepEqual(found && [found.sensor, found.axis], expected);
    });
  }
});

describe("settings of a broker", () => {
  let checkMqtt, addressOf, MQTT_DEFAULTS;
  before(async () => {
    ({ checkMqtt, addressOf, MQTT_DEFAULTS } = await importSource("mqtt-settings"));
  });

  const http = { protocol: "http:" };

  it("are checked before anything is tried", () => {
    const check = (settings, page = http) =>
      checkMqtt({ ...MQTT_DEFAULTS, url: "wss://broker.example", topics: ["a"], ...settings }, page)
        ?.key;
    assert.equal(check({}), undefined);
    for (const url of ["", "broker", "http://broker", "mqtt://broker", "wss://", "wss://a b"]) {
      assert.equal(check({ url }), "sources.mqtt_url", url);
    }
    const https = { protocol: "https:" };
    assert.equal(check({ url: "ws://broker.example" }, https), "sources.mqtt_mixed");
    assert.equal(check({ url: "ws://127.0.0.1:9001" }, https), undefined);
    assert.equal(check({ topics: [] }), "sources.mqtt_no_topic");
    assert.equal(check({ password: "secret" }), "sources.mqtt_no_user");
    assert.equal(check({ password: "secret", username: "technician" }), undefined);
    for (const topic of ["", "a#", "#/a", "a/b+", "a\0b", "a".repeat(65_536)]) {
      assert.equal(check({ topics: ["ok", topic] }), "sources.mqtt_filter", topic.slice(0, 9));
    }
    for (const topic of ["#", "+", "a/+/b", "a/#", "/", "$share/g/a/#"]) {
      assert.equal(check({ topics: [topic] }), undefined, topic);
    }
  });

  it("do not show a password that was written into the address", () => {
    const wrong = checkMqtt({ ...MQTT_DEFAULTS, url: "http://me:secret@host" }, http);
    assert.doesNotMatch(JSON.stringify(wrong), /secret/);
  });

  it("take an address apart", () => {
    assert.deepEqual(addressOf("wss://Broker.example/mqtt?a=1"), {
      protocol: "wss",
      hostname: "broker.example",
      port: 443,
      path: "/mqtt?a=1",
    });
    assert.equal(addressOf("ws://[::1]:9001").hostname, "[::1]");
  });
});

describe("messages that a broker sends again", () => {
  it("count once where they had arrived, and always where they had not", async () => {
    const { Redelivered } = await importSource("mqtt-redelivered");
    const redelivered = new Redelivered();
    const has = (messageId, text, { dup = false, topic = "t", qos = 1 } = {}) =>
      redelivered.has({ qos, dup, messageId, topic }, encoder.encode(text));
    assert.equal(has(1, "a"), false);
    assert.equal(has(1, "a", { dup: true }), true);
    assert.equal(has(2, "a", { dup: true }), false, "never came before");
    assert.equal(has(1, "b", { dup: true }), false, "another message under the identifier");
    assert.equal(has(1, "b", { dup: true, topic: "u" }), false);
    assert.equal(has(3, "c"), false);
    assert.equal(has(3, "c"), false, "the same again is news unless the broker says otherwise");
    assert.equal(has(undefined, "c", { qos: 0 }), false);
    for (let id = 100; id < 5000; id += 1) {
      has(id, "x");
    }
    assert.equal(has(3, "c", { dup: true }), false, "what is remembered is bounded");
    assert.equal(has(4999, "x", { dup: true }), true);
    redelivered.clear();
    assert.equal(has(4999, "x", { dup: true }), false);
  });
});

describe("what cannot be used", () => {
  it("is counted, and reported once a second", async (context) => {
    const { Problems } = await importSource("unusable");
    const { message } = await importSource("source");
    context.mock.timers.enable({ apis: ["setTimeout"] });
    const reports = [];
    const problems = new Problems({ problem: (report) => reports.push(report) });
    const add = (content) => problems.add(message("sources.problem_json"), content);
    for (let count = 0; count < 1000; count += 1) {
      add(`bad\u0000\u001b[31m ${"x".repeat(1000)}`);
    }
    assert.deepEqual(
      reports.map(({ count, total }) => [count, total]),
      [[1, 1]],
    );
    assert.match(reports[0].sample, /^bad··\[31m x+$/);
    assert.ok(reports[0].sample.length <= 80);
    context.mock.timers.tick(1000);
    assert.deepEqual([reports[1].count, reports[1].total], [999, 1000]);
    context.mock.timers.tick(5000);
    assert.equal(reports.length, 2);
    add("one");
    add("two");
    problems.close();
    context.mock.timers.tick(5000);
    assert.deepEqual(
      reports.slice(2).map(({ count, total, sample }) => [count, total, sample]),
      [
        [1, 1001, "one"],
        [1, 1002, "two"],
      ],
    );
  });
});

describe("what a browser has", () => {
  it("decides which sources it offers, and what to do instead", async () => {
    const { availability, SOURCE_KINDS } = await importSource("availability");
    const all = { isSecureContext: true, WebSocket: {}, DeviceMotionEvent: {} };
    const keys = (browser) =>
      SOURCE_KINDS.map((kind) => availability(kind, browser).instead?.key ?? null);
    const full = { ...all, navigator: { serial: {}, bluetooth: {} } };
    assert.deepEqual(keys(full), [null, null, null, null, null]);
    assert.deepEqual(keys({ ...all, navigator: {} }), [
      null,
      null,
      "sources.serial_missing",
      "sources.bluetooth_missing",
      null,
    ]);
    assert.deepEqual(keys({ isSecureContext: false, WebSocket: {}, navigator: {} }), [
      null,
      null,
      "sources.insecure",
      "sources.insecure",
      "sources.insecure",
    ]);
  });
});
