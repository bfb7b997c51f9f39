/** What tests of the live view share: opening it, and reading what it shows. */

import assert from "node:assert/strict";
import { ownFaults, PATIENT, watchDashboard } from "./dashboard.mjs";

/** A window of the timeline; the lists of the page have options, too. */
export const OPTION = '[role="option"]';

/**
 * Opens the page in a context of its own. `faults` gets everything that must not
 * happen; `external` is the one other origin that it may talk to.
 */
export async function openLive(
  browser,
  origin,
  { prepare = () => undefined, external = null, ...options } = {},
) {
  // The worker of the page would answer what a test wants to answer itself.
  const context = await browser.newContext({ serviceWorkers: "block", locale: "en", ...options });
  const page = await context.newPage();
  await prepare(page);
  const seen = await watchDashboard(page, origin);
  page.on("websocket", (socket) => {
    if (external === null || !socket.url().startsWith(external)) {
      seen.push(`left the origin: ${socket.url()}`);
    }
  });
  await page.goto(origin);
  return { page, context, faults: () => ownFaults(seen) };
}

/** Waits until so many windows are in the timeline. */
export async function answered(page, windows) {
  await page.waitForFunction(
    (windows) => document.querySelectorAll('[role="option"]').length >= windows,
    windows,
    PATIENT,
  );
}

/** How many readings came, as the page says. */
export async function readingsOf(page) {
  return Number((await page.getByTestId("received").innerText()).replaceAll(",", ""));
}

/** How the source fares, as the page says. */
export async function state(page) {
  return (await page.getByTestId("state").innerText()).trim();
}

/** The value and the note of a tile. */
export function figure(page, name) {
  return page.locator(".tile", { has: page.getByText(name, { exact: true }) }).innerText();
}

/** The name of the marked window. */
export function cell(page) {
  return page.locator('[role="option"][aria-selected="true"]').getAttribute("aria-label");
}

/** Connects a broker through the dialog. */
export async function connectMqtt(page, url, topics, { password = "" } = {}) {
  await page.getByRole("button", { name: "Change source" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: /MQTT/ }).check({ force: true });
  await dialog.getByLabel("Address of the broker").fill(url);
  await dialog.getByLabel("Topics").fill(topics);
  await dialog.getByLabel("User name").fill(password && "technician");
  await dialog.getByLabel("Password", { exact: true }).fill(password);
  await dialog.getByRole("button", { name: "Connect" }).click();
  await page.getByTestId("state").getByText("Connected").waitFor(PATIENT);
}

/**
 * What the history keeps of all runs, the latest first, once it is written: when
 * that is shows in what it keeps, so `written` says what to look for.
 */
export async function keptRuns(page, written) {
  for (const end = Date.now() + PATIENT.timeout; ;) {
    const runs = await storedRuns(page);
    if (written(runs)) {
      return runs;
    }
    assert.ok(Date.now() < end, `waited in vain: ${written}; ${JSON.stringify(runs)}`);
    await page.waitForTimeout(100);
  }
}

function storedRuns(page) {
  return page.evaluate(async () => {
    const db = await new Promise((resolve, reject) => {
      const request = indexedDB.open("senselm-history");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const runs = await new Promise((resolve, reject) => {
      const request = db.transaction("runs").objectStore("runs").getAll();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    db.close();
    return runs.sort((a, b) => b.started - a.started);
  });
}
