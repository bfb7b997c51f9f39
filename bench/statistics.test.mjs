import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compare, holds, median, summarize } from "./statistics.mjs";

describe("statistics", () => {
  it("finds the middle of odd and even counts, in any order", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([10, 9, 100]), 10);
  });

  it("summarizes, and refuses what is no number", () => {
    assert.deepEqual(summarize([2, 8, 4]), { min: 2, median: 4, max: 8 });
    assert.throws(() => summarize([]), /cannot summarize/);
    assert.throws(() => summarize([1, Number.NaN]), /cannot summarize/);
  });

  it("takes ratios of neighbours, not of medians", () => {
    // The machine halves its speed after the first round; the ratio stays 2.
    const rounds = [
      { ours: 200, theirs: 100 },
      { ours: 100, theirs: 50 },
      { ours: 100, theirs: 50 },
    ];
    assert.deepEqual(compare(rounds).ratio, { min: 2, median: 2, max: 2 });
    assert.deepEqual(compare(rounds).theirs, { min: 50, median: 50, max: 100 });
  });

  it("compares nothing where the other side has no figure", () => {
    const { ours, theirs, ratio } = compare([{ ours: 5, theirs: null }]);
    assert.deepEqual([ours.median, theirs, ratio], [5, null, null]);
  });

  it("judges by the median of the right side", () => {
    const summary = compare([{ ours: 4, theirs: 2 }]);
    assert.equal(holds({ target: { of: "ratio", least: 2 }, summary }), true);
    assert.equal(holds({ target: { of: "ratio", least: 2.1 }, summary }), false);
    assert.equal(holds({ target: { of: "ratio", most: 0.25 }, summary }), false);
    assert.equal(holds({ target: { of: "ours", most: 4 }, summary }), true);
    assert.equal(holds({ target: null, summary }), null);
    const alone = compare([{ ours: 4, theirs: null }]);
    assert.equal(holds({ target: { of: "ratio", least: 2 }, summary: alone }), null);
  });
});
