import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse, UsageError } from "./arguments.mjs";

describe("arguments", () => {
  it("selects everything by default", () => {
    const { host, model, rounds, document } = parse([]);
    assert.deepEqual(host, ["native", "wasmtime", "browser"]);
    assert.deepEqual(model, ["30m", "124m"]);
    assert.deepEqual([rounds, document], [5, false]);
  });

  it("takes several hosts", () => {
    const { host } = parse(["--host", "native", "--host", "browser"]);
    assert.deepEqual(host, ["native", "browser"]);
  });

  for (const words of [
    ["--rounds", "0"],
    ["--rounds", "many"],
    ["--rounds", "2.5"],
    ["--host", "node"],
    ["--model", "7b"],
    ["--speed"],
    ["stray"],
  ]) {
    it(`refuses ${words.join(" ")}`, () => {
      assert.throws(() => parse(words), UsageError);
    });
  }
});
