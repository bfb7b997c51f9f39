import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { measurePair, merge } from "./rounds.mjs";

const PAIR = {
  id: "native/x/1t/b",
  host: "native",
  work: { kind: "speed", threads: 2, peer: { threads: 1 } },
  ours: "a",
  theirs: "b",
  figures: [
    { key: "decode", unit: "tokens/s", better: "higher", target: { of: "ratio", least: 2 } },
    { key: "peak", unit: "MB", better: "lower", target: null },
  ],
};

/** Contenders that note whose turn it is and give 10, 20, 30 and so on. */
function turns(detail = [{}, {}]) {
  const order = [];
  const contender = (name, scale, detail) => ({
    async measure(work) {
      order.push(`${name}${work.threads}`);
      const decode = scale * Math.ceil(order.length / 2) * 10;
      return { figures: name === "a" ? { decode, peak: 5 } : { decode }, detail };
    },
  });
  const contenders = { a: contender("a", 2, detail[0]), b: contender("b", 1, detail[1]) };
  return { order, contenders };
}

const quiet = async () => 0.25;

describe("rounds", () => {
  it("tells the name of a file, not where it lies", async () => {
    const { contenders } = turns();
    const pair = { ...PAIR, work: { ...PAIR.work, file: "/some/where/model.gguf" } };
    const [{ work }] = await measurePair(pair, contenders, 1, {}, quiet);
    assert.equal(work.file, "model.gguf");
  });

  it("takes turns, and pairs neighbours", async () => {
    const { order, contenders } = turns();
    const place = { commit: "abc1234" };
    const [decode, peak] = await measurePair(PAIR, contenders, 3, place, quiet);
    assert.deepEqual([decode.commit, peak.commit], ["abc1234", "abc1234"]);
    assert.deepEqual(order, ["a2", "b1", "a2", "b1", "a2", "b1"]);
    assert.deepEqual(decode.rounds[2], { ours: 60, theirs: 30 });
    assert.deepEqual(decode.summary.ratio, { min: 2, median: 2, max: 2 });
    assert.equal(decode.cores_busy_beside, 0.25);
    assert.equal(peak.summary.ratio, null);
  });

  it("refuses two products that differ", async () => {
    const near = turns([{ sum: 100 }, { sum: 101 }]);
    await measurePair(PAIR, near.contenders, 1, {}, quiet);
    const far = turns([{ sum: 100 }, { sum: 120 }]);
    await assert.rejects(measurePair(PAIR, far.contenders, 1, {}, quiet), /results differ/);
  });

  it("keeps rows that were not measured again", () => {
    const old = [
      { id: "x", at: 1 },
      { id: "y", at: 1 },
    ];
    assert.deepEqual(merge(old, [{ id: "y", at: 2 }]), [
      { id: "x", at: 1 },
      { id: "y", at: 2 },
    ]);
  });
});
