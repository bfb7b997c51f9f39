/** Past runs: kept through crashes, within a limit, listed, exported, deleted. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { noDashboard, openDashboard, PATIENT, storeModule, withStore } from "./dashboard.mjs";
import { launch, servePage } from "./support.mjs";

const CHANNELS = [
  { name: "flow", unit: "m3/h", sample_rate_hz: 1 },
  { name: "=cmd()", unit: "", sample_rate_hz: 1 },
];

describe("the history", { skip: noDashboard() }, () => {
  let browser, server, module;

  before(async () => {
    module = await storeModule();
    [browser, server] = await Promise.all([launch(), servePage()]);
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  /** The dashboard, with the store as `window.store` and a way to make readings. */
  async function open(options) {
    const opened = await openDashboard(browser, server.origin, "#/history", options);
    await withStore(opened.page, module);
    return opened;
  }

  /** A run that has ended, with so many readings and answers; its id. */
  function record(page, { readings = 10, answers = 3, model = "pump" } = {}) {
    return page.evaluate(
      async ({ readings, answers, model, channels }) => {
        const recorder = await window.store.begin({ model, source: "simulator", channels });
        recorder.readings(window.readings(readings));
        recorder.answers(window.answers(answers));
        await recorder.end();
        return recorder.id;
      },
      { readings, answers, model, channels: CHANNELS },
    );
  }

  it("helps who has no runs yet", async () => {
    const { context, page, faults } = await open();
    await page.getByRole("heading", { name: "No runs yet" }).waitFor(PATIENT);
    await page.getByRole("link", { name: "Start a session" }).click();
    await page.waitForURL(/#\/live$/);
    assert.deepEqual(faults(), []);
    await context.close();
  });

  it("has what is older than a second after a crash, and says that it was interrupted", async () => {
    const { context, page } = await open();
    const started = await page.evaluate(async (channels) => {
      const recorder = await window.store.begin({ model: "pump", source: "mqtt", channels });
      window.sent = 0;
      // Twenty a second, nobody flushes, and nobody ends it.
      setInterval(() => {
        recorder.readings(window.readings(1, window.sent));
        recorder.answers(window.answers(1, window.sent));
        window.sent += 1;
      }, 50);
      return recorder.id;
    }, CHANNELS);
    await page.waitForFunction(() => window.sent >= 40, null, PATIENT);
    const sent = await page.evaluate(() => window.sent);
    // All of these are written without anybody asking for it.
    await page.evaluate(
      async ({ id, sent, timeout }) => {
        for (const end = Date.now() + timeout; ;) {
          let kept = 0;
          for await (const piece of window.store.readReadings(id)) {
            kept += piece.length;
          }
          if (kept >= sent) {
            return;
          }
          if (Date.now() > end) {
            throw new Error(`${kept} of ${sent} were written`);
          }
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      },
      { id: started, sent, ...PATIENT },
    );
    const client = await context.newCDPSession(page);
    const crashed = page.waitForEvent("crash", PATIENT);
    client.send("Page.crash").catch(() => undefined);
    await crashed;

    const tab = await context.newPage();
    await tab.goto(`${server.origin}/#/history`);
    const row = tab.getByRole("link", { name: /^Pump/ });
    await row.waitFor(PATIENT);
    await row.getByText("Interrupted").waitFor(PATIENT);
    await withStore(tab, module);
    const kept = await tab.evaluate(async (id) => {
      const all = [];
      for await (const piece of window.store.readReadings(id)) {
        all.push(...piece);
      }
      return all.map(({ index, values, time_s }) => [index, values[0], time_s]);
    }, started);
    assert.ok(kept.length >= sent, `${kept.length} of ${sent} were kept`);
    kept.forEach((entry, index) => assert.deepEqual(entry, [index, index, index]));
    await context.close();
  });

  it("shows that a run goes on, in other tabs, too", async () => {
    const { context, page } = await open();
    await page.evaluate(async (channels) => {
      const recorder = await window.store.begin({ model: "pump", source: "motion", channels });
      recorder.readings(window.readings(5));
      await recorder.flush();
    }, CHANNELS);
    const tab = await context.newPage();
    await tab.goto(`${server.origin}/#/history`);
    const row = tab.getByRole("link", { name: /^Pump/ });
    await row.getByText("Running").waitFor(PATIENT);
    await context.close();
  });

  it("lets the oldest runs go first, and says honestly what is used", async () => {
    const { context, page } = await open();
    const ids = [];
    for (let run = 0; run < 4; run += 1) {
      ids.push(await record(page, { readings: 4000, answers: 0 }));
    }
    const before = await page.evaluate(() => window.store.listRuns());
    for (const { bytes, readings } of before) {
      // Four numbers of eight bytes for a reading, and little around them.
      assert.ok(bytes >= readings * 32 && bytes < readings * 34, `${bytes} for ${readings}`);
    }
    const limit = before[0].bytes * 2.5;
    await page.evaluate((limit) => window.store.setLimit(limit), limit);
    const kept = await page.evaluate(() => window.store.listRuns());
    assert.deepEqual(
      kept.map(({ id }) => id),
      [ids[3], ids[2]],
    );
    const last = await record(page, { readings: 4000, answers: 0 });
    const after = await page.evaluate(() => window.store.listRuns());
    assert.deepEqual(
      after.map(({ id }) => id),
      [last, ids[3]],
    );
    await context.close();
  });

  it("lets a run's own oldest readings go where it alone is too large", async () => {
    const { context, page } = await open();
    const { run, first, last, pieces } = await page.evaluate(async (channels) => {
      await window.store.setLimit(100_000);
      const recorder = await window.store.begin({ model: "pump", source: "serial", channels });
      for (let part = 0; part < 20; part += 1) {
        recorder.readings(window.readings(500, part * 500));
        await recorder.flush();
      }
      await recorder.end();
      const all = [];
      for await (const piece of window.store.readReadings(recorder.id)) {
        all.push(...piece);
      }
      const [run] = await window.store.listRuns();
      return { run, first: all[0], last: all.at(-1), pieces: all.length };
    }, CHANNELS);
    assert.ok(run.bytes <= 100_000, `${run.bytes}`);
    assert.equal(run.readings, 10_000);
    assert.ok(run.dropped.readings > 0);
    assert.equal(pieces, run.readings - run.dropped.readings);
    assert.equal(first.index, run.dropped.readings);
    assert.equal(last.index, 9_999);
    assert.equal(last.values[0], 9_999);
    await context.close();
  });

  it("opens a run and exports it", async () => {
    const { context, page, faults } = await open();
    await record(page, { readings: 700, answers: 120 });
    await page.reload();
    await page.getByRole("link", { name: /^Pump/ }).click(PATIENT);
    await page.getByRole("heading", { name: "What the model said" }).waitFor(PATIENT);
    assert.equal(await page.locator("tbody tr").count(), 50);
    await page.getByRole("button", { name: "Show 50 more" }).click();
    await page.getByRole("button", { name: "Show 20 more" }).click();
    assert.equal(await page.locator("tbody tr").count(), 120);
    assert.match(await page.locator("tbody tr").last().innerText(), /Dry running/);

    const download = async (name) => {
      const begun = page.waitForEvent("download", PATIENT);
      await page.getByRole("button", { name }).click();
      const file = await begun;
      return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
    };
    const csv = await download("CSV Readings");
    assert.match(csv.name, /^senselm-pump-.*-readings\.csv$/);
    const lines = csv.text.trimEnd().split("\r\n");
    assert.equal(lines[0], "reading,received,time_s,flow (m3/h),'=cmd()");
    assert.equal(lines.length, 701);
    assert.match(lines[2], /^1,\d{4}-\d\d-\d\dT[\d:.]+Z,1,1,-1\.5$/);
    assert.match(lines[4], /,3,3,$/, "a missing value is an empty cell");
    const answers = await download("CSV Answers");
    assert.equal(answers.text.trimEnd().split("\r\n").length, 121);
    const json = JSON.parse((await download("JSON Readings")).text);
    assert.equal(json.run.model, "pump");
    assert.deepEqual(json.readings[3].values, [3, null]);
    const said = JSON.parse((await download("JSON Answers")).text);
    assert.equal(said.answers.length, 120);
    assert.equal(said.answers[0].answer.label, "dry running");
    assert.deepEqual(faults(), []);
    await context.close();
  });

  it("deletes one, and all, after asking", async () => {
    const { context, page, faults } = await open();
    for (const model of ["pump", "gesture.gguf", "wind"]) {
      await record(page, { model });
    }
    await page.reload();
    await page.getByRole("link", { name: /^Gesture/ }).click(PATIENT);
    await page.getByRole("button", { name: "Delete run" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Delete run" }).click();
    await dialog.getByRole("button", { name: "Delete run" }).click();
    await page.getByRole("link", { name: /^Wind/ }).waitFor(PATIENT);
    assert.equal(await page.getByRole("link", { name: /^Gesture/ }).count(), 0);
    await page.getByRole("button", { name: "Delete all" }).click();
    await dialog.getByText(/2 runs/).waitFor();
    await dialog.getByRole("button", { name: "Delete all" }).click();
    await page.getByRole("heading", { name: "No runs yet" }).waitFor(PATIENT);
    await withStore(page, module);
    const left = await page.evaluate(async () => {
      const open = indexedDB.open("senselm-history");
      await new Promise((resolve) => (open.onsuccess = resolve));
      const count = open.result.transaction("chunks").objectStore("chunks").count();
      await new Promise((resolve) => (count.onsuccess = resolve));
      return count.result;
    });
    assert.equal(left, 0, "pieces of deleted runs stayed");
    assert.deepEqual(faults(), []);
    await context.close();
  });

  it("stops keeping a run that is deleted while it goes on", async () => {
    const { context, page } = await open();
    const left = await page.evaluate(async (channels) => {
      const { begin, listRuns, removeRun } = window.store;
      const recorder = await begin({ model: "pump", source: "simulator", channels });
      recorder.readings(window.readings(5));
      await recorder.flush();
      await removeRun(recorder.id);
      recorder.readings(window.readings(5));
      await recorder.flush();
      await recorder.end();
      return (await listRuns()).length;
    }, CHANNELS);
    assert.equal(left, 0);
    await context.close();
  });

  it("does without a database, and says so", async () => {
    const context = await browser.newContext({ serviceWorkers: "block", locale: "en" });
    const page = await context.newPage();
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("not for this page", "SecurityError");
      };
    });
    await page.goto(`${server.origin}/#/history`);
    await page.getByText("Runs cannot be kept").waitFor(PATIENT);
    await page.getByText(/not for this page/).waitFor(PATIENT);
    await withStore(page, module);
    const problem = await page.evaluate(async (channels) => {
      const recorder = await window.store.begin({ model: "pump", source: "simulator", channels });
      recorder.readings(window.readings(5));
      recorder.answers(window.answers(5));
      await recorder.flush();
      await recorder.end();
      return window.store.historyState.problem;
    }, CHANNELS);
    assert.match(problem, /not for this page/);
    await context.close();
  });

  it("tries again when a write fails", async () => {
    const { context, page } = await open();
    const kept = await page.evaluate(async (channels) => {
      const { begin, historyState, listRuns, readReadings } = window.store;
      const recorder = await begin({ model: "pump", source: "simulator", channels });
      const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("no room", "QuotaExceededError");
      };
      recorder.readings(window.readings(5));
      await recorder.flush();
      const problem = historyState.problem;
      IDBObjectStore.prototype.put = put;
      recorder.readings(window.readings(5, 5));
      await recorder.end();
      const all = [];
      for await (const piece of readReadings(recorder.id)) {
        all.push(...piece.map(({ values }) => values[0]));
      }
      const [{ state }] = await listRuns();
      return { problem, after: historyState.problem, all, state };
    }, CHANNELS);
    assert.match(kept.problem, /no room/);
    assert.equal(kept.after, null);
    assert.deepEqual(kept.all, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(kept.state, "ended");
    await context.close();
  });
});
