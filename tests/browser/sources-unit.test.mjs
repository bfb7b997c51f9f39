/** The pure parts of the dashboard's sources: waits, units, sampling, what devices and browsers have. */

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { importReader, importSource } from "./sources.mjs";

const encoder = new TextEncoder();

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
  let convert;
  before(async () => (convert = (await importReader()).convert));

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

  it("fill channels by name and unit, each once", async () => {
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
    const { convert } = await importReader();
    const assigned = assign(model, offered, convert).map((one) => [
      one.channel,
      one.characteristic,
    ]);
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
