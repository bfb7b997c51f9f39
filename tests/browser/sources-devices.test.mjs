/**
 * The dashboard's serial, Bluetooth and motion sources, and the simulator, in
 * Chromium. A test has no sensor to plug in, so what the browser gives is
 * replaced where its interface begins: byte streams, GATT objects with the
 * bytes of the specification, events. Everything behind that is the product's.
 */

import assert from "node:assert/strict";
import { after, before, beforeEach, afterEach, describe, it } from "node:test";
import { noChromium } from "./chromium.mjs";
import { fakeBluetooth, fakeSerial } from "./fake-devices.mjs";
import { channels, openSources, serveSources } from "./sources.mjs";
import { launch } from "./support.mjs";

let browser, server, page, faults;

before(async () => {
  if (!noChromium()) {
    browser = await launch();
    server = await serveSources();
  }
});

after(async () => {
  await browser?.close();
  server?.close();
});

beforeEach(async () => {
  if (browser) {
    ({ page, faults } = await openSources(browser, server.origin));
  }
});

afterEach(async () => {
  await page?.close();
});

const record = () => page.evaluate(() => ({ ...window.record, sink: undefined }));
const until = (states) =>
  page.evaluate(
    (states) =>
      window.until(
        () => window.record.states.map(({ kind }) => kind).join() === states,
        `states ${states}`,
      ),
    states,
  );
const count = (count) =>
  page.evaluate((count) => window.until(() => window.record.readings.length >= count), count);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const valuesOf = ({ readings }) => readings.map(({ values }) => values);
const keysOf = ({ problems }) => problems.map(({ message }) => message.key.replace("sources.", ""));
const kindsOf = ({ states }) => states.map(({ kind }) => kind).join();

describe("a serial port", { skip: noChromium() }, () => {
  async function open({ names = ["temp", "hum"], settings = {}, fail = [] } = {}) {
    await page.evaluate(fakeSerial, fail);
    await page.evaluate(
      async ({ model, settings }) => {
        const { SerialSource, SERIAL_DEFAULTS } = await import("/serial.js");
        window.record = window.recorder();
        window.source = new SerialSource({ ...SERIAL_DEFAULTS, ...settings });
        window.source.open(model, window.record.sink);
      },
      { model: channels(names), settings },
    );
  }

  const send = (bytes) =>
    page.evaluate((bytes) => window.port.send(new Uint8Array(bytes)), [...Buffer.from(bytes)]);

  it("gives a reading for every line, whatever the chunks", async () => {
    await open();
    await until("connecting,connecting,open");
    const text = '5,50\ntemp:1,hum:2\r\n3;4\n5\t6\n7 8\n{"temp":9,"hum":10}\n[11,12]\n';
    // The first line may have been cut off, so it does not count.
    for (const byte of Buffer.from(text)) {
      await page.evaluate((byte) => window.port.send(new Uint8Array([byte])), byte);
    }
    await count(6);
    const found = await record();
    const pairs = [1, 3, 5, 7, 9, 11].map((first) => [first, first + 1]);
    assert.deepEqual(valuesOf(found), pairs);
    assert.deepEqual(found.problems, []);
    const options = await page.evaluate(() => window.port.options);
    assert.deepEqual([options.baudRate, options.parity], [115_200, "none"]);
    await page.evaluate(() => window.source.close());
    assert.equal(await page.evaluate(() => window.port.readable), null, "the port is closed");
    assert.equal(kindsOf(await record()), "connecting,connecting,open,closed");
    assert.deepEqual(faults, []);
  });

  it("takes a header for what follows, and drops half a line in front", async () => {
    await open();
    await until("connecting,connecting,open");
    await send("Hum (%),Time,Temp (°C)\r\n40,1,21.5\r\n41,2,22.5\r\n");
    await count(2);
    assert.deepEqual((await record()).readings, [
      { values: [21.5, 40], time_s: 1 },
      { values: [22.5, 41], time_s: 2 },
    ]);
    await page.evaluate(() => window.source.close());
  });

  it("survives noise, wrong rates, endless lines and cut characters", async () => {
    await open();
    await until("connecting,connecting,open");
    await send("\n1,2\n");
    await send(Buffer.from([0xff, 0xfe, 0x80, 0x00, 0x0a, 0xc3]));
    await send(Buffer.from([0x28, 0x0a]));
    await send("booting...\n");
    await send("A".repeat(100_000));
    await send("\n3,nan\nwarm,cold\n5,6,7\n");
    // A degree sign in two chunks.
    const degree = Buffer.from("temp: 7 °C, hum: 8 %\n");
    await send(degree.subarray(0, 9));
    await send(degree.subarray(9));
    await count(3);
    await page.evaluate(() => window.source.close());
    const found = await record();
    assert.deepEqual(valuesOf(found), [
      [1, 2],
      [3, null],
      [7, 8],
    ]);
    assert.equal(found.problems.at(-1).total, 6);
    assert.deepEqual(faults, []);
  });

  it("goes on behind an error on the line", async () => {
    await open();
    await until("connecting,connecting,open");
    await send("\n1,2\n3,");
    await page.evaluate(() => window.port.break("FramingError"));
    await send("4\n5,6\n");
    await count(2);
    const found = await record();
    assert.deepEqual(keysOf(found), ["problem_line_noise"]);
    assert.equal(found.problems[0].message.values.reason, "FramingError");
    assert.equal(kindsOf(found), "connecting,connecting,open");
    assert.deepEqual(valuesOf(found), [
      [1, 2],
      [5, 6],
    ]);
    assert.equal(found.gaps, 1, "what the error took is missing");
    await page.evaluate(() => window.source.close());
  });

  it("waits while it is unplugged, and goes on when it is plugged in again", async () => {
    await open();
    await until("connecting,connecting,open");
    await send("\n1,2\n3,4\n5,");
    await count(2);
    await page.evaluate(() => window.port.unplug());
    await until("connecting,connecting,open,waiting");
    const lost = await record();
    assert.deepEqual(valuesOf(lost), [
      [1, 2],
      [3, 4],
    ]);
    assert.equal(lost.states.at(-1).retryInMs, null);
    assert.equal(lost.states.at(-1).reason.key, "sources.serial_unplugged");
    assert.equal(lost.gaps, 1);
    await pause(1500);
    assert.equal(kindsOf(await record()), kindsOf(lost), "it does not try in vain");
    // Another device is none of its business.
    await page.evaluate(() => window.plugInAnother());
    await page.evaluate(() => window.port.plugIn());
    await until("connecting,connecting,open,waiting,connecting,open");
    await send("99\n7,8\n");
    await count(3);
    assert.deepEqual(valuesOf(await record()).at(-1), [7, 8]);
    await page.evaluate(() => window.source.close());
    assert.deepEqual(faults, []);
  });

  it("waits with growing pauses while another program has it", async () => {
    await open({ fail: ["NetworkError", "NetworkError", "InvalidStateError"] });
    await until("connecting" + ",connecting,waiting".repeat(3) + ",connecting,open");
    const { states } = await record();
    const waits = states.filter(({ kind }) => kind === "waiting");
    assert.ok(waits.every(({ reason }) => reason.key === "sources.serial_busy"));
    assert.ok(waits[2].retryInMs >= 1000);
    await page.evaluate(() => window.source.close());
  });

  for (const [name, fail, key] of [
    ["no port is chosen", "choose NotFoundError", "serial_not_chosen"],
    ["the administrator forbids it", "choose SecurityError", "serial_denied"],
    ["the port does not know the rate", "TypeError", "serial_rate"],
  ]) {
    it(`says so when ${name}`, async () => {
      await open({ fail: [fail] });
      await page.evaluate(() => window.until(() => window.record.states.at(-1).kind === "failed"));
      assert.equal((await record()).states.at(-1).reason.key, `sources.${key}`);
      await page.evaluate(() => window.source.close());
      assert.deepEqual(faults, []);
    });
  }

  it("can be closed while it waits", async () => {
    await open();
    await until("connecting,connecting,open");
    await page.evaluate(() => window.port.unplug());
    await until("connecting,connecting,open,waiting");
    await page.evaluate(() => window.source.close());
    const closed = kindsOf(await record());
    await page.evaluate(() => window.port.plugIn());
    await pause(500);
    assert.equal(kindsOf(await record()), closed);
    assert.match(closed, /waiting,closed$/);
  });
});

describe("a Bluetooth sensor", { skip: noChromium() }, () => {
  const ROOM = [
    { uuid: "2a6e", bytes: [0x66, 0x08], notify: true },
    { uuid: "2a6f", bytes: [0x94, 0x11], notify: false },
    { uuid: "2a6d", bytes: [0xcd, 0x75, 0x0f, 0x00], notify: false },
  ];
  const MODEL = [
    { name: "temperature", unit: "F", sample_rate_hz: 4 },
    { name: "humidity", unit: "%", sample_rate_hz: 4 },
    { name: "pressure", unit: "hPa", sample_rate_hz: 4 },
  ];

  async function open({ device = {}, model = MODEL, settings = {} } = {}) {
    await page.evaluate(fakeBluetooth, { characteristics: ROOM, ...device });
    await page.evaluate(
      async ({ model, settings }) => {
        const { BluetoothSource, BLUETOOTH_DEFAULTS } = await import("/bluetooth.js");
        window.record = window.recorder();
        window.source = new BluetoothSource({ ...BLUETOOTH_DEFAULTS, ...settings });
        window.source.open(model, window.record.sink);
      },
      { model, settings },
    );
  }

  it("is read by notifications and by asking, in the model's units", async () => {
    await open({ settings: { namePrefix: "Room" } });
    await until("connecting,connecting,open");
    await count(3);
    await page.evaluate(() => window.device.notify("2a6e", [0x0c, 0xfe]));
    await page.evaluate(() =>
      window.until(() => window.record.readings.some(({ values }) => values[0] === 23)),
    );
    const found = await record();
    const [first] = valuesOf(found);
    assert.deepEqual(first, [70.7, 45, 1013.197]);
    assert.deepEqual(found.problems, []);
    const asked = await page.evaluate(() => ({ ...window.device.asked }));
    assert.ok(asked["2a6f"] >= 1 && asked["2a6d"] >= 1, JSON.stringify(asked));
    assert.equal(asked["2a6e"], 1, "what is notified is asked for only once");
    const filters = await page.evaluate(() => window.device.requested);
    assert.deepEqual(filters, {
      filters: [{ services: [0x181a] }, { namePrefix: "Room" }],
      optionalServices: [0x181a],
    });
    await page.evaluate(() => window.source.close());
    assert.equal(await page.evaluate(() => window.device.gatt.connected), false);
    assert.deepEqual(faults, []);
  });

  it("is connected again when it was lost", async () => {
    await open();
    await until("connecting,connecting,open");
    await count(2);
    // Twice it does not answer.
    await page.evaluate(() => window.device.lose(2));
    await until("connecting,connecting,open" + ",waiting,connecting".repeat(3) + ",open");
    const { states } = await record();
    const reasons = states.flatMap(({ reason }) => (reason ? [reason.key] : []));
    assert.deepEqual(reasons, [
      "sources.bluetooth_lost",
      "sources.bluetooth_unreachable",
      "sources.bluetooth_unreachable",
    ]);
    await page.evaluate(() => window.device.notify("2a6e", [0x00, 0x00]));
    await page.evaluate(() =>
      window.until(() => window.record.readings.some(({ values }) => values[0] === 32)),
    );
    await page.evaluate(() => window.source.close());
    assert.deepEqual(faults, []);
  });

  it("that refuses to notify is tried again, once at a time", async () => {
    await open({ device: { deaf: 2 } });
    await until("connecting,connecting" + ",waiting,connecting".repeat(2) + ",open");
    await pause(1500);
    assert.match(kindsOf(await record()), /waiting,connecting,open$/);
    await page.evaluate(() => window.source.close());
  });

  it("that sends too few bytes, or none at all, does no harm", async () => {
    await open({
      device: {
        characteristics: [
          { uuid: "2a6e", bytes: [0x66, 0x08], notify: true },
          { uuid: "2a6f", bytes: [0x94], notify: false },
          { uuid: "2a6d", bytes: null, notify: false },
        ],
      },
    });
    await until("connecting,connecting,open");
    await page.evaluate(() => window.until(() => window.record.problems.length >= 2));
    await page.evaluate(() => window.device.notify("2a6e", []));
    await page.evaluate(() => window.device.notify("2a6e", [1, 2, 3, 4]));
    await page.evaluate(() => window.source.close());
    const found = await record();
    const known = new Set(["problem_length", "problem_read"]);
    assert.ok(
      keysOf(found).every((key) => known.has(key)),
      keysOf(found).join(),
    );
    assert.ok(found.problems.at(-1).total >= 4);
    assert.ok(valuesOf(found).every((values) => values[1] === null && values[2] === null));
    assert.deepEqual(faults, []);
  });

  it("that lacks some channels leaves them empty and says so", async () => {
    await open({ model: [...MODEL, { name: "co2", unit: "ppm", sample_rate_hz: 4 }] });
    await until("connecting,connecting,open");
    const found = await record();
    assert.deepEqual(keysOf(found), ["problem_missing"]);
    assert.equal(found.problems[0].message.values.wanted, "co2");
    await page.evaluate(() => window.source.close());
  });

  for (const [name, options, key] of [
    ["nothing is chosen", { device: { fail: "NotFoundError" } }, "bluetooth_not_chosen"],
    ["it is forbidden", { device: { fail: "SecurityError" } }, "bluetooth_denied"],
    ["the service is missing", { device: { noService: true } }, "bluetooth_service"],
    [
      "it measures something else",
      { model: [{ name: "vibration", unit: "mm/s", sample_rate_hz: 10 }] },
      "bluetooth_quantities",
    ],
  ]) {
    it(`gives up when ${name}`, async () => {
      await open(options);
      await page.evaluate(() => window.until(() => window.record.states.at(-1).kind === "failed"));
      assert.equal((await record()).states.at(-1).reason.key, `sources.${key}`);
      assert.equal(await page.evaluate(() => window.device.gatt.connected), false);
      await page.evaluate(() => window.source.close());
      assert.deepEqual(faults, []);
    });
  }
});

describe("motion sensors", { skip: noChromium() }, () => {
  const MODEL = [
    { name: "acc_x", unit: "g", sample_rate_hz: 20 },
    { name: "linear_acc_y", unit: "m/s²", sample_rate_hz: 20 },
    { name: "gyro_z", unit: "rad/s", sample_rate_hz: 20 },
  ];

  const open = (model = MODEL) =>
    page.evaluate(async (model) => {
      const { MotionSource } = await import("/motion.js");
      window.record = window.recorder();
      window.source = new MotionSource();
      window.source.open(model, window.record.sink);
    }, model);

  const move = (init) =>
    page.evaluate((init) => dispatchEvent(new DeviceMotionEvent("devicemotion", init)), init);

  it("fill channels by name, in their units, at the model's rate", async () => {
    await open();
    // What a computer without sensors sends is no sign of one.
    await move({});
    await until("connecting");
    await page.evaluate(async () => {
      for (let turn = 0; turn < 60; turn += 1) {
        dispatchEvent(
          new DeviceMotionEvent("devicemotion", {
            acceleration: { x: 1, y: 2, z: 3 },
            accelerationIncludingGravity: { x: 9.80665, y: 5, z: 6 },
            rotationRate: { alpha: 7, beta: 8, gamma: 180 },
            interval: 16,
          }),
        );
        await new Promise((resolve) => setTimeout(resolve, 16));
      }
    });
    await count(10);
    await page.evaluate(() => window.source.close());
    const found = await record();
    assert.equal(kindsOf(found), "connecting,open,closed");
    assert.ok(
      valuesOf(found).every(([g, y, z]) => g === 1 && y === 2 && Math.abs(z - Math.PI) < 1e-9),
    );
    const times = found.readings.map(({ time_s }) => time_s);
    assert.ok(times.slice(1).every((time, at) => Math.abs(time - times[at] - 0.05) < 1e-3));
    const before = found.readings.length;
    await move({ acceleration: { x: 1, y: 1, z: 1 } });
    await pause(200);
    assert.equal((await record()).readings.length, before, "closed is closed");
    assert.deepEqual(faults, []);
  });

  it("that say nothing are none", async () => {
    await open();
    await page.evaluate(() => window.until(() => window.record.states.at(-1).kind === "failed"));
    assert.equal((await record()).states.at(-1).reason.key, "sources.motion_silent");
  });

  it("that may not be read are not", async () => {
    await page.evaluate(() => {
      DeviceMotionEvent.requestPermission = () => Promise.resolve("denied");
    });
    await open();
    await page.evaluate(() => window.until(() => window.record.states.at(-1).kind === "failed"));
    assert.equal((await record()).states.at(-1).reason.key, "sources.motion_denied");
  });

  it("are of no use to a model of something else", async () => {
    await open(channels(["suction", "flow"]));
    const { states } = await record();
    assert.equal(states.at(-1).reason.key, "sources.motion_channels");
    assert.equal(states.at(-1).reason.values.wanted, "suction, flow");
  });
});

describe("the simulator", { skip: noChromium() }, () => {
  const open = ({ names = ["flow"], condition = "normal", ...settings }) =>
    page.evaluate(
      async ({ model, settings }) => {
        const { SimulatorSource } = await import("/simulator.js");
        window.record = window.recorder();
        window.source = new SimulatorSource(settings);
        window.source.open(model, window.record.sink);
      },
      { model: channels(names), settings: { seed: 5, ahead: 0, condition, ...settings } },
    );

  it("keeps step with the clock, times its speed", async () => {
    await open({ speed: 60 });
    await until("connecting,open");
    const { rate, hz } = await page.evaluate(async () => {
      const { SimulatedPump } = await import("/pump.js");
      const pump = await SimulatedPump.open([{ name: "flow" }], { seed: 5, condition: "normal" });
      const start = performance.now();
      const before = window.record.readings.length;
      await window.until(() => window.record.readings.length >= before + 300);
      const taken = window.record.readings.length - before;
      return { rate: taken / ((performance.now() - start) / 1000), hz: pump.sampleRateHz };
    });
    // Never faster but for a beat at either end; slower only where the machine is busy.
    assert.ok(rate > 20 * hz && rate < 75 * hz, `${rate} readings a second`);
    const { readings } = await record();
    assert.deepEqual(
      readings.map(({ time_s }) => time_s),
      readings.map((_, index) => index / hz),
    );
  });

  it("begins with what is wanted ahead, and stands still when it is told to", async () => {
    await open({ speed: 1, ahead: 120 });
    await count(121);
    await page.evaluate(() => (window.source.still = true));
    const { readings } = await record();
    await pause(700);
    assert.equal((await record()).readings.length, readings.length);
    await page.evaluate(() => (window.source.still = false));
    await count(readings.length + 1);
    assert.deepEqual(faults, []);
  });

  it("does not make up for a page that slept", async () => {
    await open({ speed: 60 });
    await until("connecting,open");
    await page.evaluate(() => {
      const { sink } = window.record;
      const keep = sink.readings;
      window.largest = 0;
      sink.readings = (batch) => {
        window.largest = Math.max(window.largest, batch.length);
        keep(batch);
      };
      const end = performance.now() + 2000;
      while (performance.now() < end);
    });
    await count(60);
    const largest = await page.evaluate(() => window.largest);
    // Half a second at 60 readings a second is the most.
    assert.ok(largest > 0 && largest <= 31, `${largest} readings at once`);
    await page.evaluate(() => window.source.close());
    const closed = await record();
    await pause(400);
    assert.equal((await record()).readings.length, closed.readings.length);
    assert.deepEqual(faults, []);
  });

  it("changes its condition, and goes on where there is no such condition", async () => {
    await open({ speed: 60 });
    await count(1);
    const { told, refused, before } = await page.evaluate(async () => {
      const { conditionsFor } = await import("/simulator.js");
      const start = { seed: 5, condition: "normal" };
      const told = await conditionsFor([{ name: "flow", unit: "", sample_rate_hz: 10 }], start);
      window.source.setCondition(told[1]);
      let refused = "";
      try {
        window.source.setCondition("boom");
      } catch (error) {
        refused = error.message;
      }
      return { told, refused, before: window.record.readings.length };
    });
    assert.equal(told[0], "normal");
    assert.match(refused, /no condition "boom"/);
    await count(before + 1);
    assert.deepEqual(faults, []);
  });

  it("says so where the pump has no such sensor", async () => {
    await open({ speed: 1, names: ["chest"] });
    await until("connecting,failed");
    const { reason } = (await record()).states.at(-1);
    assert.match(reason.values.reason, /no sensor "chest".*this model is for something else/);
    assert.deepEqual(faults, []);
  });

  it("is not opened where it was closed meanwhile", async () => {
    await open({ speed: 60 });
    await page.evaluate(() => window.source.close());
    await pause(400);
    assert.equal(kindsOf(await record()), "connecting,closed");
    assert.deepEqual((await record()).readings, []);
    assert.deepEqual(faults, []);
  });
});
