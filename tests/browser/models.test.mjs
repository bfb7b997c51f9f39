/** The models on the device: cards, installing, switching, removing. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { modelReady, noDashboard, openDashboard, PATIENT } from "./dashboard.mjs";
import { launch, root, servePage } from "./support.mjs";

const pump = readFileSync(join(root, "models/pump.gguf"));
const hash = createHash("sha256").update(pump).digest("hex");
const file = (name, buffer = pump) => ({ name, mimeType: "application/octet-stream", buffer });

describe("the models", { skip: noDashboard() }, () => {
  let browser, server;

  before(async () => {
    [browser, server] = await Promise.all([launch(), servePage()]);
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const open = (options) => openDashboard(browser, server.origin, "#/models", options);
  const details = (page, name) => item(page, name).locator("button[aria-expanded]");
  const item = (page, name) => page.getByRole("article", { name, exact: true });
  const picker = (page) => page.locator('input[type="file"]');

  async function install(page, name) {
    await picker(page).setInputFiles(file(`${name}.gguf`));
    await details(page, name).waitFor(PATIENT);
  }

  it("shows what the bundled model's file says", async () => {
    const { context, page, faults } = await open();
    const card = item(page, "Pump");
    for (const text of [
      "In use",
      "Trained on simulated data",
      "Recognises 6 conditions",
      "Blocked filter",
      "95.3%",
      "95% interval: 94.0% to 96.4%",
      "1,200 windows",
      "m3/h",
      "Apache-2.0",
      "124,864",
      "41 tokens",
      "F16 + F32",
      hash,
    ]) {
      await card.getByText(text).first().waitFor(PATIENT);
    }
    const bars = card.getByRole("list", { name: "Share of each condition that is recognised" });
    assert.equal(await bars.getByRole("listitem").count(), 6);
    assert.deepEqual(faults(), []);
    await context.close();
  });

  it("installs from a file, switches, remembers, and removes after asking", async () => {
    const { context, page, faults } = await open();
    await install(page, "Field pump");
    await item(page, "Field pump").getByRole("button", { name: "Use", exact: true }).click();
    await item(page, "Field pump").getByText("In use").waitFor(PATIENT);
    await page.reload();
    await modelReady(page);
    await item(page, "Field pump").getByText("In use").waitFor(PATIENT);
    assert.match(await page.locator(".chip").innerText(), /Field pump/);

    await page.getByRole("button", { name: "Remove Field pump" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("the bundled model takes its place").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Remove Field pump" }).click();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await item(page, "Field pump").waitFor({ state: "detached", ...PATIENT });
    await item(page, "Pump").getByText("In use").waitFor(PATIENT);
    assert.deepEqual(faults(), []);
    await context.close();
  });

  it("shows the card of a model that is not in use", async () => {
    const { context, page, faults } = await open();
    await install(page, "Spare");
    await details(page, "Spare").click();
    await item(page, "Spare").getByText("Bearing wear").first().waitFor(PATIENT);
    await item(page, "Spare").getByText("a file on this device").waitFor();
    assert.deepEqual(faults(), []);
    await context.close();
  });

  it("takes a file that is dropped", async () => {
    const { context, page } = await open();
    const transfer = await page.evaluateHandle(
      (bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], "dropped.gguf"));
        return data;
      },
      [...pump],
    );
    await page.dispatchEvent(".drop", "drop", { dataTransfer: transfer });
    await details(page, "Dropped").waitFor(PATIENT);
    await context.close();
  });

  it("installs from an address, if its bytes are those that were asked for", async () => {
    const { context, page } = await open();
    const url = page.getByRole("textbox", { name: "Address" });
    const sha256 = page.getByRole("textbox", { name: "SHA-256 (optional)" });
    const button = page.getByRole("button", { name: "Install", exact: true });
    await button.click();
    await page.getByText("An address begins with https://").waitFor();
    await url.fill("http://example.org/model.gguf");
    await button.click();
    await page.getByText("An address begins with https://").waitFor();
    await url.fill(`${server.origin}/models/pump.gguf`);
    await sha256.fill("abc");
    await page.getByText("this has 3.").waitFor();
    await sha256.fill("0".repeat(64));
    await button.click();
    await page.getByText("This is another file than the SHA-256 says").waitFor(PATIENT);
    assert.equal(await page.getByRole("article").count(), 1);
    await sha256.fill(hash);
    await button.click();
    await page.getByText("Pump is installed.").waitFor(PATIENT);
    assert.equal(await page.getByRole("article").count(), 2);
    await context.close();
  });

  it("can be stopped, and says that what has arrived is kept", async () => {
    const { context, page } = await open();
    // Never answers.
    await context.route("**/slow.gguf", () => undefined);
    await page.getByRole("textbox", { name: "Address" }).fill(`${server.origin}/slow.gguf`);
    await page.getByRole("button", { name: "Install", exact: true }).click();
    await page.getByRole("progressbar", { name: "Installing Slow" }).waitFor(PATIENT);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("What has arrived is kept").waitFor(PATIENT);
    assert.equal(await page.getByRole("article").count(), 1);
    await context.close();
  });

  it("does not keep a file that is no model", async () => {
    const { context, page } = await open();
    await picker(page).setInputFiles(file("noise.gguf", Buffer.from("this is no model")));
    await page.getByText("This file is no model that can run here").waitFor(PATIENT);
    assert.equal(await page.getByRole("article").count(), 1);
    await context.close();
  });

  it("falls back to the bundled model where the one of the last visit is gone", async () => {
    const { context, page } = await open();
    await page.evaluate(() => localStorage.setItem("senselm.model", "gone.gguf"));
    await page.reload();
    await modelReady(page);
    await page.getByText(/Gone could not be loaded/).waitFor(PATIENT);
    await item(page, "Pump").getByText("In use").waitFor(PATIENT);
    await context.close();
  });

  it("says how much is stored, and asks the browser to keep it", async () => {
    const { context, page } = await open();
    await page.getByText(/of .* used$/).waitFor(PATIENT);
    // A headless browser refuses, and a person is told so.
    const answers = page.getByText(/did not agree|keeps it when space/);
    await page.getByRole("button", { name: "Keep it" }).click();
    await answers.first().waitFor(PATIENT);
    await context.close();
  });
});
