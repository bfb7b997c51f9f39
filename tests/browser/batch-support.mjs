/** What the tests of the dashboard's view of files share. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PATIENT, watchDashboard } from "./dashboard.mjs";
import { root } from "./support.mjs";

export const examplePath = join(root, "examples/pump.csv");
export const fixtures = join(root, "tests/browser/fixtures");

/** The rows of the example, its header first. */
export function exampleRows() {
  const lines = readFileSync(examplePath, "utf8").trim().split("\n");
  return lines.map((line) => line.split(","));
}

/** The view of files, with the model loaded, and what the page did wrong. */
export async function openBatch(browser, origin, options = {}) {
  const { prepare, ...context } = options;
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...context });
  const faults = await watchDashboard(page, origin);
  await prepare?.(page);
  await page.goto(`${origin}/#/batch`);
  // The channels are known once the model is there.
  await page.locator(".welcome .expects").waitFor(PATIENT);
  return { page, faults };
}

/** Opens the view, does something in it, and finds no fault. */
export async function inBatch(browser, origin, body, options) {
  const { page, faults } = await openBatch(browser, origin, options);
  try {
    await body(page);
    assert.deepEqual(faults, []);
  } finally {
    await page.close();
  }
}

/** Gives the page a file as the system's dialog does. */
export async function choose(page, name, content) {
  const buffer = typeof content === "string" ? Buffer.from(content) : content;
  const mimeType = "application/octet-stream";
  await page.locator('input[type="file"]').first().setInputFiles({ name, mimeType, buffer });
}

/** Waits for the mapping of the file that is looked at. */
export async function mapped(page) {
  await page.getByLabel("Right answer", { exact: true }).waitFor(PATIENT);
}

/** Answers the file that is looked at to its end. */
export async function answerAll(page) {
  await mapped(page);
  await page.getByRole("button", { name: "Answer the file" }).click();
  await ended(page, "Done");
}

/** Waits for the file that is looked at to end like this. */
export async function ended(page, status) {
  const chosen = page.locator('button[aria-current="true"]').getByText(status, { exact: true });
  await chosen.waitFor(PATIENT);
}

/** What an export gives, and under which name. */
export async function exported(page, name) {
  const [download] = await Promise.all([
    page.waitForEvent("download", PATIENT),
    page.getByRole("button", { name }).click(),
  ]);
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

/** The answers as the page exports them. */
export async function answersOf(page) {
  const { content } = await exported(page, "Export the answers as JSON");
  return JSON.parse(content.toString());
}

/** Asserts that answers are the same; hosts differ in the last digits. */
export function sameAnswers(found, expected) {
  assert.equal(found.length, expected.length);
  found.forEach((answer, at) => {
    assert.equal(answer.answer, expected[at].answer, `answer ${at}`);
    assert.equal(answer.truth, expected[at].truth, `truth ${at}`);
    assert.ok(Math.abs(answer.probability - expected[at].probability) < 1e-3, `answer ${at}`);
    assert.ok(Math.abs(answer.anomaly - expected[at].anomaly) < 1e-3, `answer ${at}`);
  });
}

/** CSV as RFC 4180 has it, read by other code than the page's. */
export function parseCsv(text) {
  const rows = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|$)/y;
  while (field.lastIndex < text.length) {
    const [, quoted, plain, end] = field.exec(text);
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "\r\n") {
      rows.push([]);
    }
  }
  return rows.filter((row) => row.length > 0);
}
