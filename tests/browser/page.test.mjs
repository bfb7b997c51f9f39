/** The page of `./build.sh run`, in Chromium. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { cannotRun, launch, root, servePage, shots, watch } from "./support.mjs";

const unbuilt =
  !existsSync(join(root, "www/dist/index.html")) && "the page is not built: npm run build";
const recording = join(root, "examples/pump.csv");

/** Far more than it takes, for a machine that is busy. */
const ANSWERED = { timeout: 60_000 };

describe("the page", { skip: cannotRun() || unbuilt }, () => {
  let browser, server;

  before(async () => {
    browser = await launch();
    server = await servePage();
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(options = {}) {
    const page = await browser.newPage(options);
    const faults = watch(page, server.origin);
    const violations = [];
    await page.exposeFunction("reportViolation", (text) => violations.push(text));
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        window.reportViolation(`${event.violatedDirective}: ${event.blockedURI}`);
      });
    });
    await page.goto(server.origin);
    return { page, faults, violations };
  }

  async function answered(page, windows) {
    await page.waitForFunction(
      (windows) =>
        document.querySelectorAll("#timeline .row:last-child .cell:not(.empty)").length >= windows,
      windows,
      ANSWERED,
    );
  }

  it("answers the simulated stream, without an error or a stranger", async () => {
    const { page, faults, violations } = await open({ viewport: { width: 1280, height: 1000 } });
    await answered(page, 3);
    const text = await page.locator("body").innerText();
    assert.match(text, /simulated data/i);
    assert.match(text, /relaxed-simd/);
    assert.match(text, /\d+(\.\d)? ms/);
    const bars = await page.locator("#bars .percent").allInnerTexts();
    assert.equal(bars.length, 6);
    assert.ok(
      bars.every((bar) => /%/.test(bar)),
      bars.join(),
    );
    await page.screenshot({ path: join(shots(), "desktop-light.png"), fullPage: true });
    assert.deepEqual(violations, []);
    assert.deepEqual(faults, []);
    await page.close();
  });

  it("pauses, starts again, and injects what is chosen, by keyboard", async () => {
    const { page, faults } = await open();
    await answered(page, 1);
    const toggle = page.getByRole("button", { name: "Pause" });
    await toggle.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Start" }).waitFor();
    const cells = page.locator("#timeline .row:last-child .cell:not(.empty)");
    const before = await cells.count();
    await page.waitForTimeout(2500);
    assert.equal(await cells.count(), before);
    await page.getByRole("radio", { name: "Normal" }).focus();
    await page.keyboard.press("ArrowRight");
    assert.ok(await page.getByRole("radio", { name: "Cavitation" }).isChecked());
    await page.getByRole("button", { name: "Start" }).click();
    await page.locator('#timeline [title="Pump: Cavitation"]').first().waitFor(ANSWERED);
    assert.deepEqual(faults, []);
    await page.close();
  });

  it(
    "answers a recording",
    { skip: !existsSync(recording) && "no examples/pump.csv" },
    async () => {
      const { page, faults } = await open();
      await answered(page, 1);
      await page.locator("#file").setInputFiles(recording);
      await page.locator("#recording tbody tr").first().waitFor(ANSWERED);
      await page.waitForFunction(
        () => /(\d+) of \1 windows/.test(document.querySelector("#recording .summary").textContent),
        undefined,
        ANSWERED,
      );
      await page.screenshot({ path: join(shots(), "recording.png"), fullPage: true });
      assert.deepEqual(faults, []);
      await page.close();
    },
  );

  it("says what is wrong with a file that is no recording", async () => {
    const { page } = await open();
    await answered(page, 1);
    const file = { name: "noise.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") };
    await page.locator("#file").setInputFiles(file);
    const problem = page.locator("#recording .problem");
    await problem.waitFor(ANSWERED);
    assert.match(await problem.innerText(), /noise\.csv: .{20}/);
    await page.close();
  });

  it("goes on when the server is gone", async () => {
    const { page } = await open();
    await answered(page, 1);
    await page.context().setOffline(true);
    const cells = page.locator("#timeline .row:last-child .cell:not(.empty)");
    await answered(page, (await cells.count()) + 2);
    await page.close();
  });

  for (const scheme of ["light", "dark"]) {
    it(`fits a phone, ${scheme}`, async () => {
      const viewport = { width: 360, height: 780 };
      const { page, faults } = await open({ viewport, colorScheme: scheme, deviceScaleFactor: 2 });
      await answered(page, 2);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 360, `the page is ${width} wide`);
      await page.screenshot({ path: join(shots(), `phone-${scheme}.png`), fullPage: true });
      assert.deepEqual(faults, []);
      await page.close();
    });
  }

  it("has a dark scheme on a desktop", async () => {
    const { page } = await open({ viewport: { width: 1280, height: 1000 }, colorScheme: "dark" });
    await answered(page, 8);
    await page.screenshot({ path: join(shots(), "desktop-dark.png"), fullPage: true });
    await page.close();
  });
});
