import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { compare } from "../statistics.mjs";
import { writeDocument } from "./document.mjs";
import { number, spread, title, wanted } from "./format.mjs";
import { markdown } from "./markdown.mjs";
import { advantage, plots } from "./plots.mjs";

function row(given) {
  const rounds = given.rounds ?? [
    { ours: 400, theirs: 100 },
    { ours: 450, theirs: 90 },
  ];
  return {
    id: "native/30m-q8_0-speed/1t/llama.cpp/decode",
    host: "native",
    work: { kind: "speed", model: "30m", type: "q8_0", threads: 1 },
    ours: "senselm",
    theirs: "llama.cpp",
    figure: "decode",
    unit: "tokens/s",
    better: "higher",
    target: { of: "ratio", least: 4 },
    details: { ours: { file_bytes: 32e6 }, theirs: {} },
    cores_busy_beside: 0,
    measured_at: "2026-01-02T03:04:05.000Z",
    rounds,
    summary: compare(rounds),
    ...given,
  };
}

function results(given = {}) {
  return {
    version: 1,
    machine: {
      cpu: "A | CPU",
      cores: 2,
      flags: ["avx2"],
      caches: ["L2 2048K"],
      memory_gib: 23,
      kernel: "Linux 1",
      node: "v20",
      rustc: null,
      chromium: null,
    },
    contenders: {
      "llama.cpp": { name: "llama.cpp", version: "1.2" },
      candle: { name: "candle", version: null, install: "bench/peers/install.sh candle" },
    },
    rows: [row({})],
    roofline: {},
    left_out: [{ id: "wasmtime/x", reason: "candle is not installed\nmore" }],
    ...given,
  };
}

const ROOFLINE = {
  instructions: "AVX2",
  bandwidth: [
    { threads: 1, bytes: 1 << 20, gb_per_s: 90 },
    { threads: 1, bytes: 32 << 20, gb_per_s: 16 },
    { threads: 2, bytes: 32 << 20, gb_per_s: 30 },
  ],
  int8_peak: [{ threads: 1, gop_per_s: 600 }],
  kernels: [
    {
      kernels: "avx2",
      type: "F32",
      shape: "3072x768",
      threads: 1,
      decode_gb_per_s: 12.3,
      bandwidth_share: 0.75,
      prefill_gop_per_s: 50,
      int8_peak_share: null,
    },
  ],
  cores_busy_beside: 0.1,
};

describe("format", () => {
  it("gives three significant digits", () => {
    assert.deepEqual([1234.5, 12.345, 0.12345, 0, null].map(number), [
      "1235",
      "12.3",
      "0.123",
      "0",
      "-",
    ]);
    assert.equal(spread({ min: 1, median: 2, max: 3 }), "2.00 (1.00 to 3.00)");
  });

  it("names work and targets", () => {
    assert.equal(title(row({})), "30M Q8_0, 1 thread, decode");
    assert.equal(wanted({ of: "ratio", most: 0.25 }, "ms"), "at most 0.25x");
    assert.equal(wanted({ of: "ours", most: 48 }, "MB"), "at most 48 MB");
  });
});

describe("markdown", () => {
  it("has machine, rows, what is not installed and what is left out", () => {
    const page = markdown(results());
    assert.match(page, /\| CPU \| A \\\| CPU, 2 cores \|/);
    assert.match(
      page,
      /\| 30M Q8_0, 1 thread, decode \| 425 tokens\/s \| llama.cpp \| 95.0 tokens\/s \| 4.50 \(4.00 to 5.00\) \| at least 4x \| yes \|/,
    );
    assert.match(page, /candle \| not installed; `bench\/peers\/install.sh candle` installs it/);
    assert.match(page, /`wasmtime\/x`: candle is not installed\n/);
    assert.match(page, /!\[.*\]\(images\/bench-native.svg\)/);
    assert.ok(!page.includes("## Chromium"), "no host without rows");
    assert.ok(!page.includes("Not to be trusted"));
  });

  it("names the commits at which our own rows were measured", () => {
    const contenders = {
      senselm: { name: "senselm", version: "now" },
      "senselm-page": { name: "our page", version: "now" },
    };
    const rows = ["1111111", "2222222", "1111111"].map((commit) => row({ commit }));
    const page = markdown(results({ contenders, rows }));
    assert.match(page, /\| senselm \| commit 1111111, 2222222 \|/);
    assert.match(page, /\| our page \| now \|/);
  });

  it("says where a target is missed", () => {
    const page = markdown(results({ rows: [row({ target: { of: "ratio", least: 5 } })] }));
    assert.match(page, /at least 5x \| \*\*no\*\* \|/);
  });

  it("holds kernels and models against the roofline", () => {
    const page = markdown(results({ roofline: { native: ROOFLINE } }));
    assert.match(page, /3072x768 \| F32 \| 1 \| 12.3 GB\/s \| 75 % \| 50.0 GOP\/s \| - \|/);
    // 425 tokens/s of 32 MB are 13.6 GB/s, of 16 that this size can be read at.
    assert.match(
      page,
      /Native \| 30M Q8_0, 1 thread, decode \| 13.6 GB\/s \| 16.0 GB\/s \| 85 % \|/,
    );
  });
});

describe("plots", () => {
  it("turn what is better when lower", () => {
    const lower = row({ better: "lower", rounds: [{ ours: 25, theirs: 100 }] });
    lower.summary = compare(lower.rounds);
    assert.deepEqual(advantage(lower), { min: 4, median: 4, max: 4 });
  });

  it("are well-formed, one a host", () => {
    const [native, ...rest] = plots(results());
    assert.deepEqual([native.name, rest.length], ["bench-native.svg", 0]);
    assert.equal(native.svg.match(/<rect/g).length, 1);
    assert.ok(!native.svg.includes("NaN"));
  });
});

describe("the document", () => {
  it("is written whole, and not from a busy machine", () => {
    const root = mkdtempSync(join(tmpdir(), "senselm-document-"));
    try {
      const limits = { native: { ...ROOFLINE, cores_busy_beside: 0.7 } };
      assert.throws(() => writeDocument(results({ roofline: limits }), root, {}), /of native/);
      const busy = results({ rows: [row({ cores_busy_beside: 0.7 })] });
      assert.throws(() => writeDocument(busy, root, {}), /quiet machine/);
      assert.deepEqual(readdirSync(root), []);
      const written = writeDocument(busy, root, { contended: true });
      assert.deepEqual(written, [
        "docs/benchmarks.json",
        "docs/benchmarks.md",
        "docs/images/bench-native.svg",
      ]);
      assert.match(readFileSync(join(root, written[1]), "utf8"), /Not to be trusted/);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
