/** The live view and a real broker: lost and found again, refused, and fast. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import mqtt from "mqtt";
import { audit } from "./axe.mjs";
import { noDashboard, PATIENT } from "./dashboard.mjs";
import { answered, connectMqtt, figure, keptRuns, openLive, OPTION, readingsOf } from "./live.mjs";
import { noMosquitto, startMosquitto } from "./mosquitto.mjs";
import { launch, servePage, shots } from "./support.mjs";

/** `./build.sh soak live-rate` has it take two minutes, and holds it to a rate of frames. */
const SECONDS = Number(process.env.SENSELM_LIVE_SECONDS ?? 10);
const FRAMES = Number(process.env.SENSELM_LIVE_FRAMES ?? 0);
/** Far more than it takes, for a test that may last two minutes by itself. */
const FEW_MINUTES = { timeout: 400_000 };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe("the live view and a broker", { skip: noDashboard() || noMosquitto() }, () => {
  const channels = ["suction", "discharge", "flow", "vibration", "bearing", "current"];
  /** What the bundled model was trained to see; the numbers stay near a healthy pump. */
  const reading = (index) => {
    const wave = Math.sin(index / 7);
    const values = [0.4, 3.5, 48, 1.6, 46.5, 11.2].map((value) => value * (1 + wave / 50));
    return JSON.stringify(Object.fromEntries(channels.map((name, at) => [name, values[at]])));
  };
  let browser, server, broker, publisher;

  before(async () => {
    browser = await launch();
    server = await servePage();
    broker = await startMosquitto();
    publisher = await mqtt.connectAsync(broker.mqttUrl, { reconnectPeriod: 50 });
  });

  after(async () => {
    await publisher?.endAsync();
    await browser?.close();
    await server?.close();
    await broker?.close();
  });

  const publish = async (from, to) => {
    for (let index = from; index < to; index += 1) {
      await publisher.publishAsync("pump/1", reading(index), { qos: 1 });
    }
  };

  it("keeps everything when the broker is lost, and goes on when it is back", async () => {
    const { page, faults } = await openLive(browser, server.origin, { external: broker.wsUrl });
    await answered(page, 1);
    await connectMqtt(page, broker.wsUrl, "pump/1");
    await publish(0, 90);
    await page.waitForFunction(
      () => document.querySelector("[data-testid=received]").textContent === "90",
      undefined,
      PATIENT,
    );
    await answered(page, 3);
    const before = await page.locator(OPTION).count();
    await broker.stop();
    await page
      .getByText(/Connection lost/)
      .first()
      .waitFor(PATIENT);
    await page.getByText(/Everything received so far is kept/).waitFor();
    await page.getByText(/next attempt in \d+ second/).waitFor(PATIENT);
    await page.screenshot({ path: join(shots(), "live-source-lost.png") });
    assert.equal(await readingsOf(page), 90);
    assert.equal(await page.locator(OPTION).count(), before);
    await broker.start();
    await page.getByTestId("state").getByText("Connected").waitFor(PATIENT);
    await publish(90, 150);
    await page.waitForFunction(
      () => document.querySelector("[data-testid=received]").textContent === "150",
      undefined,
      PATIENT,
    );
    await keptRuns(page, ([latest]) => latest?.readings === 150);
    await page.screenshot({ path: join(shots(), "live-after-gap.png"), fullPage: true });
    // Another source ends the run, and the history says so.
    await page.getByRole("button", { name: "Change source" }).click();
    await page
      .getByRole("dialog")
      .getByRole("radio", { name: /Simulated/ })
      .check({ force: true });
    await page.getByRole("button", { name: "Start the simulator" }).click();
    await answered(page, 1);
    const runs = await keptRuns(page, (runs) => runs.length === 3 && runs[1].ended !== null);
    assert.deepEqual(
      runs.map(({ source, ended }) => [source, ended === null]),
      [
        ["simulator", true],
        ["mqtt", false],
        ["simulator", false],
      ],
    );
    // What a browser logs about a server that is gone is not the page's doing.
    assert.deepEqual(
      faults().filter((fault) => !/WebSocket|ERR_CONNECTION_REFUSED/.test(fault)),
      [],
    );
    await page.close();
  });

  it("shows what could not be used", async () => {
    const { page } = await openLive(browser, server.origin, { external: broker.wsUrl });
    await answered(page, 1);
    await connectMqtt(page, broker.wsUrl, "pump/1");
    await publisher.publishAsync("pump/1", "{ this is no JSON", { qos: 1 });
    await page.getByText(/1 message could not be used/).click(PATIENT);
    await page.getByText(/not valid JSON/).waitFor();
    assert.deepEqual(await audit(page), []);
    await page.close();
  });

  it("remembers the broker, but no password unless asked to", async () => {
    const { page } = await openLive(browser, server.origin, { external: broker.wsUrl });
    await answered(page, 1);
    await connectMqtt(page, broker.wsUrl, "pump/1", { password: "s3cret" });
    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }));
    assert.match(stored, /pump\/1/);
    assert.doesNotMatch(stored, /s3cret/);
    await page.getByRole("button", { name: "Change source" }).click();
    const dialog = page.getByRole("dialog");
    assert.equal(await dialog.getByLabel("Address of the broker").inputValue(), broker.wsUrl);
    assert.equal(await dialog.getByLabel("Password", { exact: true }).inputValue(), "");
    await dialog.getByLabel("Password", { exact: true }).fill("s3cret");
    await dialog.getByLabel(/Remember the password/).check();
    await dialog.getByRole("button", { name: "Connect" }).click();
    assert.match(await page.evaluate(() => JSON.stringify({ ...localStorage })), /s3cret/);
    await page.close();
  });

  it("goes on with the same broker after a reload, says its silence, and lets go of it", async () => {
    const { page, faults } = await openLive(browser, server.origin, { external: broker.wsUrl });
    await answered(page, 1);
    await connectMqtt(page, broker.wsUrl, "pump/silent");
    await page.reload();
    const state = page.getByTestId("state");
    await state.getByText(/Connected/).waitFor(PATIENT);
    assert.equal(await page.getByText("Simulated data").count(), 0);
    await page.getByText("The source is connected and sends nothing").waitFor(PATIENT);
    assert.match(await state.innerText(), /no data/);
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("No source is connected").waitFor(PATIENT);
    await page.reload();
    await answered(page, 1);
    assert.deepEqual(faults(), []);
    await page.close();
  });

  it("asks for a password that was not kept, in the place of the simulator", async () => {
    const { page } = await openLive(browser, server.origin, { external: broker.wsUrl });
    await answered(page, 1);
    await connectMqtt(page, broker.wsUrl, "pump/1", { password: "s3cret" });
    await page.reload();
    await page.getByText("Its password was not kept").waitFor(PATIENT);
    assert.equal(await page.getByTestId("state").count(), 0);
    await page.close();
  });

  it("takes 200 readings a second: none lost", FEW_MINUTES, async (t) => {
    const RATE = 200;
    // One that keeps nothing on disk, so that only the page is measured.
    const fast = await startMosquitto({ settings: ["allow_anonymous true", "persistence false"] });
    const device = await mqtt.connectAsync(fast.mqttUrl);
    t.after(async () => {
      await device.endAsync(true);
      await fast.close();
    });
    const { page, faults } = await openLive(browser, server.origin, {
      external: fast.wsUrl,
      viewport: { width: 1280, height: 800 },
    });
    await answered(page, 1);
    await connectMqtt(page, fast.wsUrl, "pump/1");
    await page.evaluate(() => {
      window.frames_ms = [];
      let last = performance.now();
      const frame = (now) => {
        window.frames_ms.push(now - last);
        last = now;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
    const begun = performance.now();
    let sent = 0;
    const acknowledged = [];
    while (sent < RATE * SECONDS) {
      const due = Math.min(Math.floor(((performance.now() - begun) / 1000) * RATE), RATE * SECONDS);
      for (; sent < due; sent += 1) {
        acknowledged.push(device.publishAsync("pump/1", reading(sent), { qos: 1 }));
      }
      await pause(5);
    }
    const took = (performance.now() - begun) / 1000;
    const frames = await page.evaluate(() => window.frames_ms);
    await Promise.all(acknowledged);
    await page.waitForFunction(
      (sent) =>
        Number(document.querySelector("[data-testid=received]").textContent.replaceAll(",", "")) >=
        sent,
      sent,
      PATIENT,
    );
    const fps = frames.length / took;
    const sorted = frames.toSorted((a, b) => a - b);
    const p99 = sorted[Math.floor(sorted.length * 0.99)];
    t.diagnostic(`${sent} readings in ${took.toFixed(1)} s`);
    t.diagnostic(`${fps.toFixed(1)} frames a second, 99 % within ${p99.toFixed(0)} ms`);
    t.diagnostic(`longest frame ${sorted.at(-1).toFixed(0)} ms`);
    t.diagnostic(`answer time ${await figure(page, "Answer time")}`);
    assert.equal(await readingsOf(page), sent);
    await page.locator(".tile", { hasText: "Not behind" }).waitFor(PATIENT);
    // A window of 30 readings, and one more for every 10 further ones.
    const answers = Math.floor((sent - 30) / 10) + 1;
    const [kept] = await keptRuns(page, ([latest]) => latest?.answers >= answers);
    assert.deepEqual([kept.readings, kept.answers], [sent, answers]);
    assert.ok(fps >= FRAMES, `${fps} frames a second`);
    assert.deepEqual(faults(), []);
    await page.close();
  });
});
