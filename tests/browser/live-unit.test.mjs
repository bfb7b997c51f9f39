/** What the live view computes, apart from any page: the run, and what it keeps in mind. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { bundleModules, importBundled } from "./bundle.mjs";
import { PATIENT } from "./dashboard.mjs";
import { root } from "./support.mjs";

const unbuilt =
  !existsSync(join(root, "web/dist/index.js")) && "the package is not built: npm run build";
const NAMES = "engine queue sampler silence statistics timeline trace unusual".split(" ");
const modules = {};

before(async () => {
  if (unbuilt) {
    return;
  }
  const paths = [...NAMES.map((name) => `live/${name}`), "ui/window-path"];
  const entries = paths.map((path) => join(root, "www/src", `${path}.ts`));
  const folder = await bundleModules(entries, "browser-live");
  for (const name of [...NAMES, "window-path"]) {
    Object.assign(modules, await importBundled(folder, name));
  }
});

const readings = (from, to) =>
  Array.from({ length: to - from }, (_, at) => ({ values: [from + at] }));
const values = (batch) => batch.map(({ values: [value] }) => value);
const tick = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until something holds, however busy the machine is. */
async function until(holds) {
  for (const end = performance.now() + PATIENT.timeout; !holds(); await tick(1)) {
    assert.ok(performance.now() < end, `in vain: ${holds}`);
  }
}

describe("the queue of readings", { skip: unbuilt }, () => {
  it("gives all in order, whatever the sizes, and stops at breaks", () => {
    const queue = new modules.Queue();
    const taken = [];
    let next = 0;
    for (let round = 0; round < 400; round += 1) {
      const size = (round * 7) % 11;
      queue.add(readings(next, next + size), round);
      next += size;
      if (round % 13 === 0) {
        queue.break();
        queue.break();
      }
      const { readings: some, afterBreak } = queue.take((round * 5) % 9);
      taken.push(...values(some));
      assert.equal(typeof afterBreak, "boolean");
    }
    while (queue.size > 0) {
      taken.push(...values(queue.take(50).readings));
    }
    assert.deepEqual(
      taken,
      Array.from({ length: next }, (_, index) => index),
    );
    assert.equal(queue.since, null);
  });

  it("says where a break lies, and since when the oldest waits", () => {
    const queue = new modules.Queue();
    queue.add(readings(0, 3), 10);
    queue.break();
    queue.add(readings(3, 5), 20);
    assert.deepEqual(values(queue.take(10).readings), [0, 1, 2]);
    assert.equal(queue.since, 20);
    const { readings: rest, afterBreak } = queue.take(10);
    assert.deepEqual([values(rest), afterBreak], [[3, 4], true]);
  });
});

describe("the trace of readings", { skip: unbuilt }, () => {
  it("is bounded, and keeps indices and times of what is left", () => {
    const trace = new modules.Trace(1, 100, 1);
    for (let at = 0; at < 1000; at += 10) {
      const batch = readings(at, at + 10).map((reading, index) => ({
        ...reading,
        time_s: 5000 + at + index,
      }));
      trace.add(batch, at);
    }
    assert.equal(trace.end, 1000);
    assert.ok(trace.start >= 875 && trace.start <= 900, `${trace.start}`);
    const { first, times, values } = trace.until(1000, 5, [0]);
    assert.equal(first, 995);
    assert.deepEqual(times, [995, 996, 997, 998, 999]);
    assert.deepEqual(values, [[995, 996, 997, 998, 999]]);
    assert.equal(trace.value(0, 990), 990);
    assert.equal(trace.value(0, 0), null);
    assert.equal(trace.timeOf(1004), 1004);
    assert.deepEqual(trace.breaks, []);
  });

  it("has times that rise, whatever a clock does", () => {
    for (const [name, clock, breaks] of [
      ["coarse", (index) => Math.floor(index / 10), 0],
      ["set back", (index) => (index < 50 ? index : index - 1000), 1],
      ["none", () => undefined, 0],
      ["not a number", () => NaN, 0],
    ]) {
      const trace = new modules.Trace(1, 1000, 10);
      for (let index = 0; index < 100; index += 1) {
        trace.add([{ values: [index], time_s: clock(index) }], 7 + index / 10);
      }
      const { times } = trace.until(100, 100, [0]);
      const rises = times.every((time, index) => index === 0 || time > times[index - 1]);
      assert.ok(rises, name);
      assert.equal(trace.breaks.length, breaks, name);
    }
  });

  it("takes the time of arrival where there is no clock", () => {
    const trace = new modules.Trace(1, 1000, 1);
    for (let batch = 0; batch < 50; batch += 1) {
      trace.add(readings(batch * 20, batch * 20 + 20), 100 + batch / 10);
    }
    const seconds = trace.timeOf(999) - trace.timeOf(799);
    assert.ok(Math.abs(seconds - 1) < 0.05, `200 readings in ${seconds} s`);
  });

  it("shows a silence, and is silent about a short one", () => {
    const trace = new modules.Trace(1, 1000, 1);
    const at = [0, 0.1, 0.2, 0.3, 1.2, 1.3, 60, 60.1];
    at.forEach((seconds, index) => {
      trace.add([{ values: [index] }], seconds);
    });
    assert.deepEqual(trace.breaks, [6]);
    assert.ok(Math.abs(trace.timeOf(6) - 60) < 1e-9);
  });

  it("finds the latest value that is not missing", () => {
    const trace = new modules.Trace(2, 100, 1);
    trace.add([{ values: [1, 2] }, { values: [null, 3] }, { values: [null] }], 0);
    assert.equal(trace.latest(0, 3), 1);
    assert.equal(trace.latest(1, 3), 3);
    assert.equal(trace.latest(1, 1), 2);
  });
});

describe("a run", { skip: unbuilt }, () => {
  /** A model that answers a window of 10 readings in some time, and writes down what it gets. */
  function model({ ms = 0, refuse = () => null } = {}) {
    const seen = [];
    let read = 0;
    let filled = 0;
    const fake = {
      seen,
      /** Batches that it got, also the one that it is at. */
      begun: 0,
      info: { channels: [{ name: "a", unit: "", sample_rate_hz: 1 }], max_samples: 10 },
      openStream: () =>
        Promise.resolve({
          fits: () => Promise.resolve({ verdict: "yes", windows: 1, reasons: [] }),
          push: async (batch) => {
            fake.begun += 1;
            const error = refuse(batch);
            if (error) {
              throw error;
            }
            await tick(ms);
            const answered = [];
            for (const reading of batch) {
              seen.push(reading.values[0]);
              read += 1;
              filled += 1;
              if (filled === 10) {
                filled = 0;
                answered.push({
                  start: read - 10,
                  end: read,
                  window: {},
                  answer: null,
                  refused: null,
                });
              }
            }
            return { answered, gaps: 0, dropped: 0 };
          },
          reset: () => {
            const dropped = filled;
            filled = 0;
            seen.push("reset");
            return Promise.resolve(dropped);
          },
          close: () => Promise.resolve(seen.push("closed")),
        }),
    };
    return fake;
  }

  function begin(options) {
    const kept = { readings: [], answers: [], ended: false };
    const source = {
      kind: "mqtt",
      closed: false,
      open(_channels, sink) {
        source.sink = sink;
        sink.state({ kind: "open" });
      },
      close() {
        source.closed = true;
        return Promise.resolve();
      },
    };
    const keeper = {
      readings: (batch) => kept.readings.push(...values(batch)),
      answers: (batch) => kept.answers.push(...batch),
      end: () => Promise.resolve((kept.ended = true)),
    };
    let changes = 0;
    const fake = model(options);
    const engine = new modules.Engine({
      model: fake,
      source,
      keeper,
      onChange: () => (changes += 1),
    });
    engine.open();
    return { engine, source, kept, fake, changes: () => changes };
  }

  it("drops nothing where the model is slower than the source, and shows the lag", async () => {
    const { engine, source, kept, fake } = begin({ ms: 5 });
    for (let at = 0; at < 1000; at += 25) {
      source.sink.readings(readings(at, at + 25));
      await tick();
    }
    const lag = engine.lag(performance.now());
    assert.ok(lag.readings > 100, `${lag.readings} wait`);
    assert.ok(lag.ms > 0);
    assert.equal(engine.received, 1000);
    assert.equal(kept.readings.length, 1000, "the history does not wait for the model");
    while (engine.answers.total < 100) {
      await tick(5);
    }
    assert.deepEqual(
      fake.seen,
      Array.from({ length: 1000 }, (_, index) => index),
    );
    await until(() => engine.lag(performance.now()).readings === 0);
    assert.deepEqual(engine.lag(performance.now()), { readings: 0, ms: 0 });
    assert.equal(kept.answers.length, 100);
    assert.deepEqual(
      kept.answers.map(({ id }) => id),
      kept.answers.map((_, index) => index),
    );
  });

  it("lets no window reach over a gap", async () => {
    const { engine, source, fake } = begin();
    source.sink.readings(readings(0, 7));
    source.sink.gap();
    source.sink.readings(readings(7, 20));
    await until(() => fake.seen.length >= 21 && engine.answers.total > 0);
    assert.deepEqual(fake.seen.slice(0, 9), [0, 1, 2, 3, 4, 5, 6, "reset", 7]);
    assert.equal(engine.dropped, 7);
    assert.deepEqual(engine.trace.breaks, [7]);
    assert.equal(engine.answers.total, 1);
  });

  it("goes on after readings that the model does not take", async () => {
    const { InputError } = await importBundled(join(root, "web/dist"), "index");
    const refuse = (batch) =>
      values(batch).includes(3) ? new InputError("bad_input", "reading 3 is odd") : null;
    const { engine, source } = begin({ refuse });
    source.sink.readings(readings(0, 10));
    await until(() => engine.problems.length > 0);
    source.sink.readings(readings(10, 20));
    await until(() => engine.answers.total > 0);
    assert.equal(engine.failure, null);
    assert.deepEqual(engine.problems, [{ message: "reading 3 is odd", sample: "", count: 10 }]);
    assert.equal(engine.answers.total, 1);
  });

  it("keeps on receiving where the model fails for good, and says why", async () => {
    const { engine, source, kept } = begin({ refuse: () => new Error("out of order") });
    source.sink.readings(readings(0, 10));
    await until(() => engine.failure !== null);
    source.sink.readings(readings(10, 20));
    assert.equal(engine.failure, "out of order");
    assert.equal(kept.readings.length, 20);
    assert.equal(engine.received, 20);
  });

  it("counts what a source could not use, the same together", () => {
    const { engine, source } = begin();
    const problem = { message: { key: "sources.problem_json", values: {} }, sample: "{", total: 9 };
    source.sink.problem({ ...problem, count: 2 });
    source.sink.problem({ ...problem, count: 3, sample: "[" });
    assert.equal(engine.unusable, 5);
    assert.equal(engine.problems.length, 1);
    assert.deepEqual(engine.problems[0], { message: problem.message, sample: "[", count: 5 });
  });

  it("counts down to the next attempt of a source that is lost", () => {
    const { engine, source } = begin();
    source.sink.state({ kind: "waiting", retryInMs: 4000, reason: { key: "x", values: {} } });
    assert.ok(engine.retryAt - performance.now() > 3000);
    source.sink.state({ kind: "waiting", retryInMs: null, reason: { key: "x", values: {} } });
    assert.equal(engine.retryAt, null);
    source.sink.state({ kind: "open" });
    assert.equal(engine.state.kind, "open");
  });

  it("ends cleanly: what is under way is kept, what comes later is not taken", async () => {
    const { engine, source, kept, fake } = begin({ ms: 20 });
    source.sink.readings(readings(0, 10));
    await until(() => fake.begun > 0);
    await engine.close();
    assert.ok(source.closed && kept.ended);
    assert.equal(kept.answers.length, 1);
    assert.equal(fake.seen.at(-1), "closed");
    source.sink.readings(readings(10, 20));
    source.sink.state({ kind: "connecting" });
    assert.equal(engine.received, 10);
    assert.equal(engine.state.kind, "open");
  });

  it("knows in which condition a window was simulated", async () => {
    const { engine, source, kept } = begin();
    engine.simulates("normal");
    source.sink.readings(readings(0, 10));
    engine.simulates("cavitation");
    source.sink.readings(readings(10, 20));
    await until(() => kept.answers.length > 1);
    assert.deepEqual(
      kept.answers.map(({ simulated }) => simulated),
      ["normal", "cavitation"],
    );
  });
});

describe("figures of a run", { skip: unbuilt }, () => {
  it("has quantiles", () => {
    assert.equal(modules.quantile([], 0.5), null);
    assert.equal(modules.quantile([3], 0.95), 3);
    assert.equal(modules.quantile([4, 1, 3, 2], 0.5), 2.5);
    assert.equal(modules.quantile([1, 2, 3, 4, 5], 1), 5);
  });

  it("has rates over the last seconds", () => {
    const rate = new modules.Rate(5000);
    assert.equal(rate.perSecond(0), null);
    for (let now = 0; now < 20_000; now += 100) {
      rate.add(now < 10_000 ? 10 : 20, now);
    }
    assert.ok(Math.abs(rate.perSecond(20_000) - 200) < 10);
    assert.equal(rate.perSecond(60_000), 0);
  });

  it("calls unusual what lies far above the rest, and judges nothing too early", () => {
    const earlier = Array.from({ length: 50 }, (_, index) => 1 + (index % 10) / 100);
    assert.equal(modules.judge(9, earlier.slice(0, 5)).verdict, "unknown");
    assert.equal(modules.judge(1.05, earlier).verdict, "usual");
    const found = modules.judge(2, earlier);
    assert.deepEqual([found.verdict, found.above], ["unusual", 1]);
    assert.ok(found.limit > 1.1 && found.limit < 2);
    assert.equal(
      modules.judge(
        1.01,
        earlier.map(() => 1),
      ).verdict,
      "usual",
      "noise",
    );
  });

  it("has histograms in which nothing is lost", () => {
    const counts = modules.histogram([0, 0.5, 1, 1, 2], 0, 1, 4);
    assert.deepEqual(counts, [1, 0, 1, 3]);
    assert.deepEqual(modules.histogram([5, 5], 5, 5, 3), [2, 0, 0]);
  });

  it("breaks the line of anomaly scores where there is none", () => {
    const items = [1, 2, null, 4, 3].map((anomaly) => ({ answer: { anomaly } }));
    assert.deepEqual(modules.anomalyLines(items, 5), [
      "0.5,1.000 1.5,0.667",
      "3.5,0.000 4.5,0.333",
    ]);
    assert.deepEqual(modules.anomalyLines([], 5), []);
  });

  it("draws a window with its holes", () => {
    assert.equal(modules.linePath([null, null]), "");
    assert.equal(modules.linePath([1, 3, null, 2]), "M0.00 1.0000L33.33 0.0000M100.00 0.5000h0");
    assert.equal(modules.linePath([2, 2]), "M0.00 0.5000L100.00 0.5000");
    const some = modules.linePath([0, 9, 2, null, 1], 2);
    assert.equal(some, "M0.00 1.0000L50.00 0.7778L100.00 0.8889");
  });

  it("reads the settings of a free question", () => {
    const typed = { max_tokens: "40", temperature: "0.8", top_k: "", top_p: "0.9", seed: "3" };
    assert.deepEqual(modules.readSampler(typed), {
      options: { max_tokens: 40, sampler: { temperature: 0.8, top_p: 0.9, seed: 3 } },
      errors: {},
    });
    assert.deepEqual(modules.readSampler({ ...typed, temperature: "0" }).options.sampler, {});
    const wrong = { max_tokens: "0", temperature: "hot", top_k: "1.5", top_p: "2", seed: "-1" };
    assert.equal(modules.readSampler(wrong).options, null);
    assert.equal(Object.keys(modules.readSampler(wrong).errors).length, 5);
  });
});

describe("a source that says nothing", { skip: unbuilt }, () => {
  it("is silent after five times what is usual, and never within three seconds", () => {
    const slow = new modules.Silence(null);
    slow.listen(0);
    assert.equal(slow.age(1000), null);
    assert.equal(slow.isSilent(15_000), false);
    assert.equal(slow.isSilent(15_001), true, "nobody knows how often it speaks");
    for (let now = 0; now <= 120_000; now += 60_000) {
      slow.hear(now);
    }
    assert.equal(slow.after, 300_000);
    assert.equal(slow.isSilent(420_000), false);
    assert.equal(slow.isSilent(420_001), true);
    assert.equal(slow.age(420_001), 300_001);
    slow.hear(420_001);
    assert.equal(slow.isSilent(420_002), false, "one long silence changes little");
    assert.equal(slow.after, 300_000);

    const fast = new modules.Silence(200);
    fast.listen(0);
    assert.equal(fast.isSilent(2999), false);
    assert.equal(fast.isSilent(3001), true);
  });

  it("is not called so by whoever does not listen, and is given time anew", () => {
    const silence = new modules.Silence(1);
    assert.equal(silence.isSilent(1e9), false);
    silence.listen(0);
    silence.hear(10);
    silence.listen(60_000);
    assert.equal(silence.isSilent(64_000), false);
    assert.equal(silence.isSilent(65_001), true);
  });
});
