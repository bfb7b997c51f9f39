/**
 * A recording of 100,000 rows in the dashboard: the page stays at hand, memory
 * stays where it was, and a cancel is heard.
 *
 * Memory is what the processes of the page take from the system, sampled while
 * it works, above what they took with the model loaded and no file open. Beside
 * it stands what JavaScript holds in the page and its workers.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import {
  answersOf,
  choose,
  ended,
  exampleRows,
  mapped,
  noDashboard,
  openBatch,
  PATIENT,
} from "./batch-support.mjs";
import { launch, servePage } from "./support.mjs";

const ROWS = 100_000;
/** What the page may take beyond the model. */
const MOST_BYTES = 200e6;
/** A machine that runs other tests too has no time for this. */
const LONG = { timeout: 600_000 };

describe("a recording of 100,000 rows", { skip: noDashboard() }, () => {
  let browser, server, text;

  before(async () => {
    browser = await launch();
    server = await servePage();
    text = recording();
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  it("is answered within 200 MB, and never holds up the page for 50 ms", LONG, async (test) => {
    const { page, faults } = await openBatch(browser, server.origin, { prepare: watchTasks });
    const memory = await Memory.of(browser, page);
    const before = await memory.now();
    await choose(page, "long.csv", text);
    await mapped(page);
    const started = Date.now();
    await page.getByRole("button", { name: "Answer the file" }).click();
    await page.getByText(/about .+ left/).waitFor(PATIENT);
    const peak = { ...before };
    const sample = async () => {
      const now = await memory.now();
      peak.process = Math.max(peak.process, now.process);
      peak.scripts = Math.max(peak.scripts, now.scripts);
    };
    // Somebody looks at it while it goes on.
    const grid = page.getByRole("grid");
    await page.getByLabel("Sort by").selectOption("least_sure");
    const chosen = page.locator('button[aria-current="true"]');
    for (let step = 0; !(await chosen.getByText("Done", { exact: true }).isVisible()); step += 1) {
      await grid.evaluate((grid) => {
        grid.scrollTop = (grid.scrollTop + 5000) % grid.scrollHeight;
      });
      if (step === 6) {
        await grid.focus();
        await page.keyboard.press("Enter");
        await page.locator("dialog pre").waitFor(LONG);
        await page.keyboard.press("Escape");
      }
      await sample();
      await page.waitForTimeout(500);
      assert.ok(Date.now() - started < LONG.timeout, "it does not end");
    }
    const seconds = (Date.now() - started) / 1000;
    for (const order of ["anomaly", "file"]) {
      await page.getByLabel("Sort by").selectOption(order);
      await page.waitForTimeout(300);
    }
    await page.getByLabel("Show", { exact: true }).selectOption("wrong");
    const { answers } = await answersOf(page);
    await sample();
    const tasks = await page.evaluate(() => window.longTasks);
    test.diagnostic(
      `${answers.length} windows in ${seconds.toFixed(1)} s; ` +
        `processes +${mega(peak.process - before.process)} MB, ` +
        `scripts +${mega(peak.scripts - before.scripts)} MB at most; ` +
        `long tasks: ${tasks.map(Math.round).join(", ") || "none"} (ms)`,
    );
    // A window ends at every tenth row, but for the gaps of the example.
    assert.ok(answers.length > ROWS / 20, `${answers.length} windows`);
    assert.equal(answers.at(-1).line <= ROWS + 1, true);
    assert.deepEqual(tasks, []);
    assert.ok(peak.process - before.process <= MOST_BYTES, `${mega(peak.process)} MB`);
    assert.ok(peak.scripts - before.scripts <= MOST_BYTES, `${mega(peak.scripts)} MB`);
    assert.deepEqual(faults, []);
    await page.close();
  });

  it("is cancelled at once, and what was answered stays", LONG, async () => {
    const { page, faults } = await openBatch(browser, server.origin);
    await choose(page, "long.csv", text);
    await mapped(page);
    await page.getByRole("button", { name: "Answer the file" }).click();
    await page.getByRole("grid").waitFor(PATIENT);
    await page.getByRole("button", { name: "Cancel" }).click();
    await ended(page, "Cancelled");
    const { answers, summary } = await answersOf(page);
    assert.ok(answers.length > 0 && answers.length < ROWS / 20, `${answers.length} windows`);
    assert.equal(summary.windows, answers.length);
    // It can begin again, and a file can be closed while it is answered.
    await page.getByRole("button", { name: "Change columns" }).click();
    await page.getByRole("button", { name: "Answer the file" }).click();
    await page.getByRole("button", { name: "Cancel" }).waitFor(PATIENT);
    await page.getByRole("button", { name: "Remove long.csv" }).click();
    await page.getByText("Drop recordings here").waitFor(PATIENT);
    assert.deepEqual(faults, []);
    await page.close();
  });
});

/** The example again and again, with other times and a little noise. */
function recording() {
  const [header, ...rows] = exampleRows();
  const lines = [header.join(",")];
  for (let at = 0; at < ROWS; at += 1) {
    const [, ...cells] = rows[at % rows.length];
    const around = Math.floor(at / rows.length);
    const moved = cells.map((cell, column) =>
      column >= 1 && column <= 6 && cell !== ""
        ? (Number(cell) * (1 + 0.01 * Math.sin(around + column))).toFixed(3)
        : cell,
    );
    // Each condition of the example is a stretch of 60 readings.
    lines.push([at + 1000 * Math.floor(at / 60), ...moved].join(","));
  }
  return `${lines.join("\n")}\n`;
}

async function watchTasks(page) {
  await page.addInitScript(() => {
    window.longTasks = [];
    addEventListener("hashchange", () => undefined);
    // From when the view is there: starting the page is measured elsewhere.
    window.watchLongTasks = () => {
      new PerformanceObserver((list) => {
        window.longTasks.push(...list.getEntries().map(({ duration }) => duration));
      }).observe({ type: "longtask" });
    };
    const ready = () => document.querySelector(".welcome .expects");
    const waiting = setInterval(() => {
      if (ready()) {
        clearInterval(waiting);
        window.watchLongTasks();
      }
    }, 50);
  });
}

/** What a page and its workers take. */
class Memory {
  #pids;
  #sessions;

  static async of(browser, page) {
    const memory = new Memory();
    const whole = await browser.newBrowserCDPSession();
    const { processInfo } = await whole.send("SystemInfo.getProcessInfo");
    memory.#pids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
    memory.#sessions = [await page.context().newCDPSession(page)];
    return memory;
  }

  async now() {
    let scripts = 0;
    for (const session of this.#sessions) {
      const { usedSize, backingStorageSize = 0 } = await session.send("Runtime.getHeapUsage");
      scripts += usedSize + backingStorageSize;
    }
    const process = this.#pids.reduce((sum, pid) => sum + resident(pid), 0);
    return { scripts, process };
  }
}

function resident(pid) {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return Number(kilobytes) * 1024;
  } catch {
    // The process is gone, or this is no Linux.
    return 0;
  }
}

function mega(bytes) {
  return Math.round(bytes / 1e6);
}
