import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "./arguments.mjs";
import { plan, rowId, select } from "./plan.mjs";

const names = (words) =>
  select(plan(), parse(words)).flatMap((pair) => pair.figures.map((f) => rowId(pair, f)));

describe("plan", () => {
  it("names every row once", () => {
    const all = names([]);
    assert.equal(new Set(all).size, all.length);
    assert.ok(all.includes("native/30m-q8_0-speed/1t/llama.cpp/decode"), all.join("\n"));
    assert.ok(all.includes("wasmtime/50257x768-q8_0-matvec/1t/candle/matvec"));
    assert.ok(all.includes("browser/30m-q8_0-first/1t/ort-web/first-token"));
  });

  it("selects by host, model and word", () => {
    assert.ok(names(["--host", "browser"]).every((name) => name.startsWith("browser/")));
    assert.ok(names(["--model", "30m"]).every((name) => !name.includes("124m")));
    assert.ok(names(["--model", "30m"]).some((name) => name.includes("candle")));
    assert.deepEqual(
      [...new Set(names(["--only", "wllama"]).map((n) => n.split("/")[3]))],
      ["wllama"],
    );
    assert.deepEqual(names(["--only", "no such row"]), []);
  });

  it("has rows for a GPU, which are asked for", () => {
    const gpu = names(["--backend", "gpu"]);
    assert.ok(gpu.includes("browser/30m-f32-speed/gpu/ort-webgpu/decode"), gpu.join("\n"));
    assert.ok(gpu.includes("native/124m-q8_0-speed/gpu/senselm/prefill-128"));
    assert.ok(names([]).every((name) => !gpu.includes(name)));
    assert.throws(() => parse(["--backend", "tpu"]), /cpu, gpu/);
  });

  it("has rows for an earlier checkout, and then no other", () => {
    const rows = plan({ before: "" }).flatMap((pair) => pair.figures.map((f) => rowId(pair, f)));
    assert.ok(rows.includes("browser/pump-windows/1t/senselm-page-before/windows"), rows.join());
    assert.ok(rows.every((row) => row.split("/")[3].endsWith("-before")));
    assert.equal(new Set(rows).size, rows.length);
    const figures = plan({ before: "" }).flatMap((pair) => pair.figures);
    assert.ok(figures.every(({ target }) => target.least === 0.97));
  });

  it("has a gesture row only where a model is given", () => {
    const gesture = plan({ gesture: "g.gguf" }).filter((pair) => pair.id.includes("gesture"));
    assert.equal(gesture.length, 1);
    assert.equal(gesture[0].work.file, "g.gguf");
    assert.ok(!plan().some((pair) => pair.id.includes("gesture")));
  });
});
