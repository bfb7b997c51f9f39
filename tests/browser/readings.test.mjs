/** The module that reads lines and messages, as JavaScript calls it. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { root } from "./support.mjs";

const folder = join(root, "web/wasm/readings");
const script = join(folder, "readings.js");
const skip = existsSync(script) ? false : "web/wasm/readings is missing: run cargo xtask wasm web";

describe("the module that reads lines and messages", { skip }, () => {
  let module;
  before(async () => {
    module = await import(pathToFileURL(script).href);
    module.initSync({ module: readFileSync(join(folder, "readings_bg.wasm")) });
  });

  const names = ["temperature", "humidity"];
  const units = ["°C", "%"];

  /** An outcome as plain values, and its memory given back. */
  function taken(outcome) {
    const width = names.length;
    const [values, mask, times] = [outcome.values(), outcome.mask(), outcome.times()];
    const [code, ...rest] = outcome.refused();
    const complaints = Array.from({ length: outcome.complaintCount() }, (_, at) =>
      outcome.complaint(at),
    );
    outcome.free();
    const readings = Array.from(times, (time, at) => ({
      values: Array.from(values.subarray(at * width, (at + 1) * width)),
      mask: Array.from(mask.subarray(at * width, (at + 1) * width)),
      time,
    }));
    return { readings, code, rest, complaints };
  }

  function messages(topics = []) {
    return new module.Messages(new module.Setup(names, units), "auto", topics);
  }

  const bytes = (text) => new TextEncoder().encode(text);

  it("gives numbers with a mask, NaN where a value is missing", () => {
    const reader = messages();
    const nested = '{"Time":"2025-01-01T10:00:00","AM2301":{"Temperature":nan,"Humidity":43.0}}';
    const { readings, complaints } = taken(reader.read("tele/x/SENSOR", bytes(nested)));
    assert.deepEqual(complaints, []);
    assert.deepEqual(readings, [{ values: [NaN, 43], mask: [1, 1], time: 1_735_725_600 }]);
    const own = taken(reader.read("site/7/temperature", bytes("21,5 °C"))).readings;
    assert.deepEqual(own, [{ values: [21.5, NaN], mask: [1, 0], time: NaN }]);
  });

  it("says why not with a code and its values", () => {
    const refused = (topic, text) => {
      const content = typeof text === "string" ? bytes(text) : text;
      const { code, rest, readings } = taken(messages().read(topic, content));
      assert.deepEqual(readings, []);
      return [code, ...rest];
    };
    const two = ["two_numbers", "text", '"1,013"', "decimals", 1.013, "thousands", 1013];
    assert.deepEqual(refused("site/7/temperature", "1,013"), two);
    assert.deepEqual(refused("x", "[1,2,3]"), ["count", "found", 3, "expected", 2]);
    assert.deepEqual(refused("x", '{"a":1'), ["json"]);
    assert.deepEqual(refused("x", new Uint8Array([0xff, 0xfe])), ["encoding"]);
    assert.deepEqual(refused("x", bytes("[".repeat(100))), ["depth", "limit", 16]);
    const long = new Uint8Array(256 * 1024 + 1).fill(0x20);
    assert.deepEqual(refused("x", long), ["size", "limit", 262_144]);
  });

  it("complains about what can be used all the same", () => {
    const mixed = '{"temperature":1,"humidity":"high","time":"soon"}';
    const { readings, complaints } = taken(messages().read("x", bytes(mixed)));
    assert.equal(readings.length, 1);
    assert.deepEqual(
      complaints.map(([code]) => code),
      ["not_a_number", "not_a_time"],
    );
  });

  it("reads lines, a header first", () => {
    const setup = new module.Setup(names, units);
    const reader = new module.Lines(setup);
    assert.equal(reader.isWholeHeader("Humidity;Temperature"), true);
    assert.equal(reader.isWholeHeader("idity;Temperature"), false);
    assert.deepEqual(taken(reader.read("Humidity;Temperature;Time")).readings, []);
    const { readings } = taken(reader.read("40;21,5;12"));
    assert.deepEqual(readings, [{ values: [21.5, 40], mask: [1, 1], time: 12 }]);
  });

  it("takes what a user said of the format", () => {
    const setup = new module.Setup(names, units);
    setup.path("out");
    setup.fields(["t", ""]);
    setup.time("at", "ms");
    const reader = new module.Messages(setup, "readings", []);
    const text = '{"at":1500,"out":{"t":21.5,"humidity":40}}';
    const { readings } = taken(reader.read("any", bytes(text)));
    assert.deepEqual(readings, [{ values: [21.5, 40], mask: [1, 1], time: 1.5 }]);
  });

  it("refuses what is no model and no format", () => {
    assert.throws(() => new module.Setup([], []), /1 to 256 channels/);
    assert.throws(() => new module.Setup(["a"], []), /1 to 256 channels/);
    const setup = new module.Setup(names, units);
    assert.throws(() => new module.Messages(setup, "all", []), /auto, readings or value/);
    assert.throws(() => setup.time("at", "weeks"), /no such form/);
  });
});
