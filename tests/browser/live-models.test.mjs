/**
 * The live view with models of other kinds than the bundled one. What such a
 * model says, and what its sensors do, is put in by the test, in place of the
 * worker and of the simulated pump: here it is about what the page makes of it.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { audit } from "./axe.mjs";
import { noDashboard, PATIENT } from "./dashboard.mjs";
import { answered, figure, openLive, readingsOf } from "./live.mjs";
import { launch, servePage, shots } from "./support.mjs";

/** Stands in for the worker: it knows the wire, and answers what `model` has. */
function worker(model) {
  const { info, answer, windowMs = 0 } = model;
  let filled = [];
  let read = 0;
  let queue = Promise.resolve();
  const calls = {
    load: () => ({ info, cached: null, uncached: null }),
    openStream: () => 0,
    closeStream: () => null,
    fitsStream: () => ({ verdict: "yes", windows: 1, reasons: [] }),
    resetStream: () => 0,
    prompt: () => "a prompt",
    pushReadings: async ({ readings }) => {
      const step = { answered: [], gaps: 0, dropped: 0 };
      for (const { values } of readings) {
        filled.push(values);
        read += 1;
        if (filled.length === info.max_samples) {
          const channels = info.channels.map((_, channel) => filled.map((all) => all[channel]));
          filled = [];
          await new Promise((resolve) => setTimeout(resolve, windowMs));
          const window = { channels };
          const place = { start: read - info.max_samples, end: read };
          step.answered.push({ ...place, window, answer, refused: answer ? null : model.refused });
        }
      }
      return step;
    },
  };
  onmessage = ({ data: { id, call, takes } }) => {
    queue = queue.then(async () => {
      try {
        postMessage({ id, result: await calls[call](takes) });
      } catch (error) {
        postMessage({ id, failure: { code: "bad_input", message: error.message } });
      }
    });
  };
}

/** Stands in for the simulated pump: it has whatever sensors the model reads. */
class SimulatedPump {
  conditions = ["normal"];
  sampleRateHz = 10;
  #read = 0;
  #channels;

  static open(channels) {
    const pump = new SimulatedPump();
    pump.#channels = channels;
    return Promise.resolve(pump);
  }

  setCondition() {}

  take(count) {
    return Array.from({ length: count }, () => {
      const at = this.#read++;
      const values = this.#channels.map((_, channel) => Math.sin(at / 5) + channel);
      return { values, time_s: at / this.sampleRateHz };
    });
  }

  free() {}
}

const timings = {
  front_end_ms: 0.1,
  prefill_ms: 2,
  decode_ms: 1,
  total_ms: 3.1,
  prompt_tokens: 20,
  cached_tokens: 4,
  answer_tokens: 3,
};
const info = {
  architecture: "gpt2",
  name: "other",
  parameters: 1000,
  quantization: "Q8_0",
  layers: 1,
  heads: 1,
  width: 8,
  context: 64,
  vocab: 100,
  kernels: "scalar",
  threads: 1,
  kv: "F32",
  file_bytes: 1000,
  channels: [{ name: "chest", unit: "g", sample_rate_hz: 10 }],
  min_samples: 10,
  max_samples: 10,
  card: null,
  metrics: null,
  recipe_sha256: null,
};
const number = {
  kind: "number",
  value: 16.5,
  unit: "breaths/min",
  text: "16.5",
  probability: 0.61,
  expected: 16.4,
  candidates: [
    { value: 16.5, probability: 0.61 },
    { value: 16, probability: 0.3 },
  ],
  anomaly: null,
  timings,
};

const cracked = {
  kind: "classification",
  label: "cracked",
  index: 1,
  probability: 0.9,
  probabilities: [
    { label: "intact", probability: 0.1 },
    { label: "cracked", probability: 0.9 },
  ],
  anomaly: 1,
  timings,
};

describe("the live view with another model", { skip: noDashboard() }, () => {
  let browser, server;

  before(async () => {
    browser = await launch();
    server = await servePage();
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  function open({ pump = true, ...model }, options = {}) {
    const answer = (body) => (route) => route.fulfill({ contentType: "text/javascript", body });
    const body = `(${worker})(${JSON.stringify(model)});`;
    const prepare = async (page) => {
      await page.route("**/assets/worker-*.js", answer(body));
      if (pump) {
        await page.route("**/assets/pump-*.js", answer(`export ${SimulatedPump}`));
      }
    };
    return openLive(browser, server.origin, { ...options, prepare });
  }

  it("shows a number with its unit and the candidates", async () => {
    const task = { kind: "number", min: 0, max: 60, decimals: 1, unit: "breaths/min", column: 0 };
    const { page, faults } = await open({ info: { ...info, task }, answer: number });
    await answered(page, 3);
    assert.match(await page.getByTestId("verdict").innerText(), /16\.5\s+breaths\/min/);
    const bars = page.getByRole("list", { name: "Probabilities" }).getByRole("listitem");
    assert.deepEqual(
      (await bars.allInnerTexts()).map((text) => text.replace(/\s+/g, " ")),
      ["16.5 breaths/min 61.0%", "16 breaths/min 30.0%"],
    );
    assert.equal(await page.getByText("Is this unusual?").count(), 0, "there are no scores");
    await page.getByRole("listbox").press("End");
    await page.getByRole("listbox").press("Enter");
    await page.getByRole("dialog").getByText("a prompt").waitFor();
    assert.deepEqual(await audit(page), []);
    assert.deepEqual(faults(), []);
    await page.close();
  });

  it("shows text as it is, and may be asked", async () => {
    const task = { kind: "generate", max_tokens: 20, column: 0 };
    const answer = {
      kind: "text",
      text: "<b>someone</b> walks by",
      stopped_by: "end",
      anomaly: 0.5,
      timings,
    };
    const { page, faults } = await open({ info: { ...info, task }, answer });
    await answered(page, 3);
    assert.equal(await page.getByTestId("verdict").innerText(), "<b>someone</b> walks by");
    assert.equal(await page.getByRole("list", { name: "Probabilities" }).count(), 0);
    await page.getByLabel("Text to continue").waitFor(PATIENT);
    assert.deepEqual(await audit(page), []);
    assert.deepEqual(faults(), []);
    await page.close();
  });

  it("says that it is none of these, and not how sure the nearest label would be", async () => {
    const task = { kind: "classify", labels: ["intact", "cracked"], column: 0 };
    const answer = { ...cracked, novelty: 1.4, rejected: true };
    const { page, faults } = await open({ info: { ...info, task }, answer });
    await answered(page, 2);
    const verdict = page.getByTestId("verdict");
    assert.equal(await verdict.innerText(), "None of these; nearest: Cracked");
    assert.equal(await page.locator(".headline .sure").count(), 0);
    await page.getByRole("listbox").press("End");
    await page.getByRole("listbox").press("Enter");
    await page.getByRole("dialog").getByText("None of these; nearest: Cracked").waitFor();
    await page.screenshot({ path: join(shots(), "live-none-of-these.png") });
    assert.deepEqual(await audit(page), []);
    assert.deepEqual(faults(), []);
    await page.close();
  });

  it("says why there is no answer", async () => {
    const task = { kind: "classify", labels: ["a", "b"], column: 0 };
    const refused = { code: "prompt_too_long", message: "the prompt takes 90 of 64 tokens" };
    const { page, faults } = await open({ info: { ...info, task }, answer: null, refused });
    await answered(page, 2);
    assert.equal(await page.getByTestId("verdict").innerText(), "No answer");
    await page.getByRole("main").getByText("the prompt takes 90 of 64 tokens").first().waitFor();
    assert.equal(await page.getByLabel("Text to continue").count(), 0);
    assert.deepEqual(faults(), []);
    await page.close();
  });

  it("draws at most 8 of 64 channels, and which is chosen", async () => {
    const channels = Array.from({ length: 64 }, (_, index) => ({
      name: `strain_${index}`,
      unit: "µm/m",
      sample_rate_hz: 10,
    }));
    const task = { kind: "classify", labels: ["intact", "cracked"], column: 0 };
    const { page, faults } = await open(
      { info: { ...info, channels, task }, answer: cracked },
      { viewport: { width: 320, height: 700 } },
    );
    await answered(page, 2);
    assert.equal(await page.locator(".channel canvas").count(), 8);
    await page.getByText("Channels shown: 8 of 64").click();
    const tenth = page.getByRole("checkbox", { name: "Strain 9", exact: true });
    assert.ok(await tenth.isDisabled());
    await page.getByRole("checkbox", { name: "Strain 0", exact: true }).uncheck();
    await tenth.check();
    assert.equal(await page.locator(".channel canvas").count(), 8);
    const names = await page.locator(".channel .name").allInnerTexts();
    assert.deepEqual([names[0], names.at(-1)], ["Strain 1", "Strain 9"]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 320, `${width} wide`);
    assert.deepEqual(await audit(page), []);
    assert.deepEqual(faults(), []);
    await page.close();
  });

  it("shows how far a slow model is behind, and drops nothing", async () => {
    const task = { kind: "number", min: 0, max: 60, decimals: 1, unit: "breaths/min", column: 0 };
    const { page, faults } = await open({
      info: { ...info, task },
      answer: number,
      windowMs: 700,
    });
    await answered(page, 1);
    // Ten windows a second arrive, and less than two are answered.
    await page.getByLabel("Speed").selectOption("10");
    await page.getByText(/\d+ readings wait/).waitFor(PATIENT);
    await page.waitForFunction(
      () => /[1-9]\d* sec/.test(document.querySelector(".tile .bad")?.textContent ?? ""),
      undefined,
      PATIENT,
    );
    await page.screenshot({ path: join(shots(), "live-behind.png"), fullPage: true });
    await page.getByRole("button", { name: "Pause" }).click();
    // Every window of what was received is answered in the end.
    const deadline = Date.now() + 5 * PATIENT.timeout;
    let counts;
    do {
      await page.waitForTimeout(500);
      const windows = (await figure(page, "Windows a second")).match(/(\d+) answered/);
      counts = { windows: Number(windows[1]), received: await readingsOf(page) };
    } while (counts.windows < Math.floor(counts.received / 10) && Date.now() < deadline);
    assert.equal(counts.windows, Math.floor(counts.received / 10));
    assert.ok(counts.windows > 5, `${counts.windows} windows`);
    assert.match(await figure(page, "Behind"), /Not behind/);
    assert.deepEqual(faults(), []);
    await page.close();
  });

  it("waits for a source where the model knows no pump", async () => {
    const task = { kind: "classify", labels: ["a", "b"], column: 0 };
    const { page, faults } = await open({ info: { ...info, task }, answer: null, pump: false });
    await page.getByText("No source is connected").waitFor(PATIENT);
    await page.getByRole("button", { name: "Connect a source" }).click();
    const dialog = page.getByRole("dialog");
    assert.ok(await dialog.getByRole("radio", { name: /Simulated/ }).isDisabled());
    await dialog.getByText(/not trained on the simulated pump\. Choose/).waitFor();
    assert.deepEqual(await audit(page), []);
    assert.deepEqual(faults(), []);
    await page.close();
  });
});
