/**
 * Pictures of the dashboard for README and docs, each of a state that is there.
 * They go to target/screenshots; with SENSELM_PICTURES=docs/images, to what is
 * committed.
 */

import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { noDashboard, PATIENT } from "./dashboard.mjs";
import { answered, openLive } from "./live.mjs";
import { launch, root, servePage, shots } from "./support.mjs";

const { SENSELM_PICTURES } = process.env;
const folder = SENSELM_PICTURES ? resolve(root, SENSELM_PICTURES) : shots();

const DESKTOP = { viewport: { width: 1280, height: 860 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true };

/** The simulated pump, with a fault that has come on. */
async function live(page) {
  await page.getByLabel("Speed").selectOption({ label: "60 times" });
  await answered(page, 12);
  await page.getByRole("radio", { name: "Cavitation" }).check({ force: true });
  await page.getByTestId("verdict").getByText("Cavitation").waitFor(PATIENT);
  await answered(page, 24);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.mouse.move(0, 0);
}

/** A recording, answered. */
async function files(page) {
  await page.goto(new URL("#/batch", page.url()).href);
  await page.getByRole("button", { name: /example/i }).click();
  await page.getByRole("button", { name: "Answer the file" }).click();
  await page.getByText("24 windows answered").first().waitFor(PATIENT);
}

/** The models on the device. */
async function models(page) {
  await page.goto(new URL("#/models", page.url()).href);
  await page.getByText("SHA-256").first().waitFor(PATIENT);
}

const PICTURES = [
  { name: "live-desktop-light", show: live, scheme: "light", options: DESKTOP },
  { name: "live-desktop-dark", show: live, scheme: "dark", options: DESKTOP },
  { name: "files-desktop-light", show: files, scheme: "light", options: DESKTOP },
  { name: "files-phone-light", show: files, scheme: "light", options: PHONE },
  { name: "live-phone-light", show: live, scheme: "light", options: PHONE },
  { name: "live-phone-dark", show: live, scheme: "dark", options: PHONE },
  { name: "models-desktop-dark", show: models, scheme: "dark", options: DESKTOP },
];

describe("pictures", { skip: noDashboard() }, () => {
  let browser, server;

  before(async () => {
    mkdirSync(folder, { recursive: true });
    browser = await launch();
    server = await servePage();
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const { name, show, scheme, options } of PICTURES) {
    it(name, async () => {
      const { page, context, faults } = await openLive(browser, server.origin, {
        ...options,
        colorScheme: scheme,
        reducedMotion: "reduce",
      });
      await show(page);
      await page.evaluate(() => scrollTo(0, 0));
      await page.waitForTimeout(500);
      const path = join(folder, `${name}.png`);
      await page.screenshot({ path });
      // An empty page is a tenth of that.
      assert.ok(statSync(path).size > 20_000, `${path} shows next to nothing`);
      assert.deepEqual(faults(), []);
      await context.close();
    });
  }
});
