/** The answers as CSV and as JSON, written a slice at a time. */

import { csvLine } from "../../export/csv-line.js";
import type { AnswerRow, Answers } from "../answers.js";
import { turn } from "../order.js";

/** Answers that are written before the page gets its turn again. */
const SLICE = 2000;

const HEADER = ["line", "row", "answer", "truth", "right", "probability", "anomaly", "refused"];

/** What stands above the answers in JSON. */
export interface About {
  model: string;
  source: string;
  made: string;
  task: string;
  unit: string;
  labels: readonly string[];
  summary: Readonly<Record<string, number | null>>;
}

/** A table that spreadsheets open; text in it cannot become a formula. */
export async function answersCsv(answers: Answers, signal: AbortSignal): Promise<Blob> {
  const parts: string[] = [csvLine(HEADER)];
  await slices(answers, signal, (rows) => {
    parts.push(rows.map((row) => csvLine(cells(row))).join(""));
  });
  return new Blob(parts, { type: "text/csv;charset=utf-8" });
}

/** An object with what it is about, and an array of answers, one on each line. */
export async function answersJson(
  answers: Answers,
  about: About,
  signal: AbortSignal,
): Promise<Blob> {
  const head = JSON.stringify(about, null, 2).replace(/\n\}$/, "");
  const parts: string[] = [`${head},\n  "answers": [`];
  let separator = "\n";
  await slices(answers, signal, (rows) => {
    for (const { line, row, said, truth, right, probability, anomaly, refused } of rows) {
      const answer = { line, row, answer: said, truth, right, probability, anomaly, refused };
      parts.push(`${separator}    ${JSON.stringify(answer)}`);
      separator = ",\n";
    }
  });
  parts.push("\n  ]\n}\n");
  return new Blob(parts, { type: "application/json" });
}

function cells(row: AnswerRow): (string | number | boolean | null)[] {
  const { line, row: at, said, truth, right, probability, anomaly, refused } = row;
  return [line, at, said, truth, right, probability, anomaly, refused];
}

async function slices(
  answers: Answers,
  signal: AbortSignal,
  take: (rows: AnswerRow[]) => void,
): Promise<void> {
  // Answers that come in meanwhile are not in this export.
  const { length } = answers;
  for (let start = 0; start < length; start += SLICE) {
    const size = Math.min(SLICE, length - start);
    take(Array.from({ length: size }, (_, at) => answers.at(start + at)));
    await turn(signal);
  }
}
