/** The live view of the dashboard in Chromium: sources, charts, answers. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { audit } from "./axe.mjs";
import { noDashboard, PATIENT } from "./dashboard.mjs";
import { answered, cell, keptRuns, openLive, OPTION, readingsOf, state } from "./live.mjs";
import {
  asGpu,
  cannotRun,
  destructible,
  goldenFolder,
  launch,
  launchWithWebGpu,
  root,
  servePage,
  servePageWith,
  shots,
} from "./support.mjs";

const unable = noDashboard();

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until no readings come, for longer than any are on their way. */
async function stands(page) {
  let before, now;
  let tries = 0;
  do {
    before = await readingsOf(page);
    await pause(2500);
    now = await readingsOf(page);
    tries += 1;
  } while (now !== before && tries < 4);
  assert.equal(now, before, "a simulation that is paused stands still");
}

describe("the live view", { skip: unable }, () => {
  let browser, server;

  before(async () => {
    browser = await launch();
    server = await servePage();
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const open = (options) => openLive(browser, server.origin, options);

  it("answers the simulated stream by itself, and says that it is simulated", async () => {
    const { page, faults } = await open();
    await answered(page, 3);
    const main = page.getByRole("main");
    const text = await main.innerText();
    assert.match(text, /simulated data/i);
    assert.match(text, /no real pump/i);
    assert.match(text, /relaxed-simd/);
    // Figures change a few times a second, so they may come behind the answers.
    const time = page.locator(".tile", { hasText: /Answer time\s*\d+(\.\d)? ms/ });
    await time.waitFor(PATIENT);
    assert.match(await page.getByTestId("backend").innerText(), /processor[^]*sooner/);
    const bars = page.getByRole("list", { name: "Probabilities" }).getByRole("listitem");
    assert.equal(await bars.count(), 6);
    for (const bar of await bars.allInnerTexts()) {
      assert.match(bar, /%/);
    }
    assert.deepEqual(faults(), []);
    await page.close();
  });

  it("draws a chart for every channel, with its value and unit", async () => {
    const { page, faults } = await open();
    await answered(page, 3);
    const charts = page.getByRole("img", { name: /^Chart of/ });
    assert.equal(await charts.count(), 6);
    assert.match(await page.locator(".channel").first().innerText(), /Suction\s+\d\.\d+\s+bar/);
    // Something other than the background is drawn in each.
    const inks = await charts.locator("canvas").evaluateAll((canvases) =>
      canvases.map((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      }),
    );
    assert.ok(
      inks.every((colours) => colours > 10),
      inks.join(),
    );
    assert.deepEqual(faults(), []);
    await page.close();
  });

  it("pauses, goes on, and injects what is chosen, by keyboard", async () => {
    const { page, faults } = await open();
    await answered(page, 1);
    await page.getByRole("button", { name: "Pause" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Go on" }).waitFor();
    assert.equal(await state(page), "Paused");
    // What came before may be shown a moment later, and then nothing comes.
    await stands(page);
    await page.getByRole("radio", { name: "Normal" }).focus();
    await page.keyboard.press("ArrowRight");
    assert.ok(await page.getByRole("radio", { name: "Cavitation" }).isChecked());
    await page.getByRole("button", { name: "Go on" }).click();
    await page
      .getByRole("option", { name: /simulated: Cavitation/ })
      .first()
      .waitFor(PATIENT);
    await page.getByTestId("verdict").getByText("Cavitation").waitFor(PATIENT);
    assert.deepEqual(faults(), []);
    await page.close();
  });

  it("opens a window by keyboard: prompt, probabilities, samples, JSON", async () => {
    const { page, context, faults } = await open();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await answered(page, 3);
    const list = page.getByRole("listbox");
    await list.focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    const named = await cell(page);
    assert.match(named, /Normal, \d.*% sure, anomaly \d/);
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    const prompt = await dialog.getByRole("region", { name: "The exact prompt" }).innerText();
    assert.ok(prompt.trim().length > 20, prompt);
    const shares = await dialog
      .getByRole("list", { name: "Probabilities" })
      .getByRole("listitem")
      .allInnerTexts();
    assert.equal(shares.length, 6);
    assert.equal(await dialog.locator("svg path[d^=M]").count(), 6 + 1, "six lines and the cross");
    await dialog.getByText("30 samples as numbers").click();
    await dialog.locator("tbody tr").first().waitFor();
    assert.equal(await dialog.locator("tbody tr").count(), 30);
    await dialog.getByRole("button", { name: "Copy as JSON" }).click();
    await dialog.getByText("Copied.").waitFor();
    const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    assert.equal(copied.prompt, prompt);
    assert.equal(copied.window.channels.length, 6);
    assert.equal(copied.end - copied.start, 30);
    const sum = copied.answer.probabilities.reduce((sum, { probability }) => sum + probability, 0);
    assert.ok(Math.abs(sum - 1) < 1e-3, `${sum}`);
    await dialog.getByRole("button", { name: "Earlier" }).click();
    await dialog.getByRole("heading", { name: /^Window/ }).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" }).catch(() => dialog.waitFor({ state: "hidden" }));
    assert.ok(await list.evaluate((element) => element === document.activeElement));
    assert.deepEqual(faults(), []);
    await context.close();
  });

  it("opens a window by a click on a chart", async () => {
    const { page, faults } = await open();
    await answered(page, 3);
    const box = await page.locator(".u-over").first().boundingBox();
    await page.mouse.move(box.x + box.width / 4, box.y + box.height / 2);
    await page.mouse.click(box.x + box.width / 4, box.y + box.height / 2);
    await page.getByRole("dialog").getByText("What was read").waitFor();
    assert.deepEqual(faults(), []);
    await page.close();
  });

  it("goes on while another view is looked at", async () => {
    const { page, faults } = await open();
    await answered(page, 1);
    const before = await readingsOf(page);
    await page.getByRole("link", { name: "History" }).first().click();
    await page.getByRole("heading", { level: 1, name: "History" }).waitFor();
    await pause(1500);
    await page.getByRole("link", { name: "Live" }).first().click();
    await page.getByTestId("received").waitFor();
    assert.ok((await readingsOf(page)) > before);
    await answered(page, 2);
    assert.deepEqual(faults(), []);
    await page.close();
  });

  it("ends a run with its model, and begins with the next one", async () => {
    const { page, context, faults } = await open();
    await answered(page, 2);
    await page.getByRole("link", { name: "Models" }).first().click();
    const input = page.locator('input[type="file"]');
    await input.setInputFiles({
      name: "field.gguf",
      mimeType: "application/octet-stream",
      buffer: readFileSync(join(root, "models/pump.gguf")),
    });
    const item = page.getByRole("article", { name: /^field$/i });
    await item.getByRole("button", { name: "Use", exact: true }).click(PATIENT);
    await page.locator(".chip.ready").filter({ hasText: /field/i }).waitFor(PATIENT);
    await page.getByRole("link", { name: "Live" }).first().click();
    await answered(page, 2);
    const runs = await keptRuns(page, (runs) => runs.length === 2 && runs[1].ended !== null);
    assert.deepEqual(
      runs.map(({ model, ended }) => [model, ended === null]),
      [
        ["field.gguf", true],
        ["pump", false],
      ],
    );
    assert.deepEqual(faults(), []);
    await context.close();
  });

  it("goes on when the server is gone", async () => {
    const { page, context } = await open();
    await answered(page, 1);
    await context.setOffline(true);
    const before = await readingsOf(page);
    await page.waitForFunction(
      (before) =>
        Number(document.querySelector("[data-testid=received]").textContent) > before + 20,
      before,
      PATIENT,
    );
    await context.close();
  });

  it("offers what the browser has, and says what to do about what it lacks", async () => {
    const { page, faults } = await open();
    await answered(page, 1);
    await page.evaluate(() => {
      Object.defineProperty(navigator, "bluetooth", { value: undefined, configurable: true });
    });
    await page.getByRole("button", { name: "Change source" }).click();
    const dialog = page.getByRole("dialog");
    const bluetooth = dialog.getByRole("radio", { name: /Bluetooth/ });
    assert.ok(await bluetooth.isDisabled());
    await dialog.getByText(/no Web Bluetooth\. Use Chrome/).waitFor();
    await dialog.getByRole("radio", { name: /MQTT/ }).check({ force: true });
    await dialog.getByLabel("Address of the broker").fill("http://wrong");
    await dialog.getByRole("button", { name: "Connect" }).click();
    await dialog.getByText(/not the address of a broker/).waitFor();
    await dialog.getByRole("radio", { name: /Serial/ }).check({ force: true });
    await dialog.getByLabel("Baud rate").fill("fast");
    await dialog.getByText(/whole number from 50/).waitFor();
    assert.deepEqual(faults(), []);
    await page.close();
  });

  for (const [name, options] of Object.entries({
    light: {},
    dark: { colorScheme: "dark" },
    arabic: { locale: "ar" },
    phone: { viewport: { width: 360, height: 780 } },
  })) {
    it(`has nothing that axe objects to: ${name}`, async () => {
      const { page, faults } = await open(options);
      await answered(page, 3);
      assert.deepEqual(await audit(page), []);
      await page.getByRole("listbox").focus();
      await page.keyboard.press("End");
      await page.keyboard.press("Enter");
      await page.locator("dialog[open] pre").waitFor();
      assert.deepEqual(await audit(page), []);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /Change source|تغيير المصدر/ }).click();
      for (const kind of ["mqtt", "serial"]) {
        await page.locator(`dialog[open] input[value=${kind}]`).check({ force: true });
        assert.deepEqual(await audit(page), [], kind);
      }
      assert.deepEqual(faults(), []);
      await page.close();
    });
  }

  for (const [name, options] of Object.entries({
    "desktop-light": { viewport: { width: 1280, height: 800 } },
    "desktop-dark": { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
    "desktop-arabic": { viewport: { width: 1280, height: 800 }, locale: "ar" },
    "phone-light": { viewport: { width: 360, height: 780 }, deviceScaleFactor: 2 },
    "phone-dark": {
      viewport: { width: 360, height: 780 },
      deviceScaleFactor: 2,
      colorScheme: "dark",
    },
    "narrow-arabic": { viewport: { width: 320, height: 640 }, locale: "ar" },
    narrow: { viewport: { width: 320, height: 640 } },
  })) {
    it(`fits: ${name}`, async () => {
      const { page, faults } = await open(options);
      await answered(page, 8);
      const wide = () =>
        page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          return scrollWidth - clientWidth;
        });
      assert.ok((await wide()) <= 0, `${await wide()} too wide`);
      await page.screenshot({ path: join(shots(), `live-${name}.png`) });
      await page.screenshot({ path: join(shots(), `live-${name}-full.png`), fullPage: true });
      assert.deepEqual(faults(), []);
      await page.close();
    });
  }

  it("keeps time from left to right where the text is from right to left", async () => {
    const { page } = await open({ locale: "ar" });
    await answered(page, 3);
    assert.equal(await page.evaluate(() => document.documentElement.dir), "rtl");
    const places = await page
      .locator(OPTION)
      .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().x));
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
    assert.equal(await page.locator(".plot").first().getAttribute("dir"), "ltr");
    await page.close();
  });

  it("draws its charts anew in another scheme", async () => {
    const { page } = await open();
    await answered(page, 2);
    await page.getByRole("button", { name: "Pause" }).click();
    const ink = () =>
      page
        .locator("canvas")
        .first()
        .evaluate((canvas) => canvas.toDataURL());
    const light = await ink();
    await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForFunction(
      (light) => document.querySelector("canvas").toDataURL() !== light,
      light,
      PATIENT,
    );
    await page.close();
  });

  it("continues a text where the model can, and stops", { skip: cannotRun() }, async () => {
    const tiny = readFileSync(join(goldenFolder, "tiny/tiny-f32.gguf"));
    const texts = await servePageWith(tiny);
    const { page, faults } = await openLive(browser, texts.origin);
    await page.getByText("It continues texts").waitFor(PATIENT);
    // A pump that is simulated without any channel took the place of these words.
    await page.waitForTimeout(1000);
    assert.ok(await page.getByText("It continues texts").isVisible());
    assert.equal(await page.getByTestId("state").count(), 0);
    await page.getByLabel("Text to continue").fill("A pump");
    await page.getByText("How the words are chosen").click();
    await page.getByLabel("Temperature").fill("-1");
    await page.getByText("A number from 0 to 10.").waitFor();
    await page.getByLabel("Temperature").fill("0.8");
    await page.getByLabel("Tokens at most").fill("40");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText(/\d+ tokens? in/).waitFor(PATIENT);
    assert.ok((await page.getByRole("log").innerText()).length > 0);
    assert.deepEqual(await audit(page), []);
    assert.deepEqual(faults(), []);
    await page.close();
    await texts.close();
  });
});

describe("the live view on a GPU that is lost", { skip: unable }, () => {
  it("says so, and loses nothing", async () => {
    const browser = await launchWithWebGpu();
    const server = await servePage();
    try {
      const { page, faults } = await openLive(browser, server.origin, {
        prepare: async (page) => {
          // Remembered as the faster one below.
          await asGpu(page);
          await destructible(page, "**/assets/worker-*.js");
        },
      });
      await answered(page, 1);
      await page.evaluate(async () => {
        const { info } = await navigator.gpu.requestAdapter({
          powerPreference: "high-performance",
        });
        const { vendor, architecture, device, description } = info;
        const gpu = [vendor, architecture, device, description].join(" ").trim();
        const url = new URL("models/pump.gguf", document.baseURI).href;
        const key = `${url}, ${navigator.hardwareConcurrency} cores`;
        localStorage.setItem(
          "senselm.backends",
          JSON.stringify({ [key]: { gpu, backend: "gpu" } }),
        );
      });
      await page.reload();
      await answered(page, 1);
      await page.getByTestId("backend").getByText("On the GPU").waitFor(PATIENT);
      await page.evaluate(() => new BroadcastChannel("destroy").postMessage("now"));
      await page
        .getByTestId("backend")
        .getByText(/GPU was lost/)
        .waitFor(PATIENT);
      await answered(page, 6);
      const names = await page
        .locator(OPTION)
        .evaluateAll((cells) => cells.map(({ id }) => Number(id.replace("window-", ""))));
      assert.deepEqual(
        names,
        names.map((_, index) => names[0] + index),
      );
      assert.doesNotMatch(await page.getByRole("listbox").innerHTML(), /No answer/);
      await page.screenshot({ path: join(shots(), "live-device-lost.png"), fullPage: true });
      assert.deepEqual(await audit(page), []);
      assert.deepEqual(faults(), []);
    } finally {
      await browser.close();
      await server.close();
    }
  });
});
