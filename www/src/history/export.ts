/** Readings and answers of a run as files that other programs read. */

import { csvLine } from "../export/csv-line.js";
import { confidence } from "../live/answers.js";
import { said } from "./said.js";
import { readAnswers, readReadings } from "./store.js";
import type { KeptAnswer, KeptReading, Run } from "./types.js";

export const EXPORTED = ["readings", "answers"] as const;
export const FORMATS = ["csv", "json"] as const;
export type Exported = (typeof EXPORTED)[number];
export type Format = (typeof FORMATS)[number];

const TYPES: Record<Format, string> = { csv: "text/csv", json: "application/json" };

/** The file's content. It is put together piece by piece: a run may be long. */
export async function exportRun(run: Run, what: Exported, format: Format): Promise<Blob> {
  const parts: string[] = [];
  for await (const part of format === "csv" ? csv(run, what) : json(run, what)) {
    parts.push(part);
  }
  return new Blob(parts, { type: `${TYPES[format]};charset=utf-8` });
}

/** A name that sorts by time and that every file system takes. */
export function fileName(run: Run, what: Exported, format: Format): string {
  const model = run.model.replace(/\.gguf$/i, "").replace(/[^\p{L}\p{N}._-]+/gu, "-");
  const when = new Date(run.started).toISOString().slice(0, 19).replaceAll(":", "-");
  return `senselm-${model.slice(-60)}-${when}-${what}.${format}`;
}

async function* csv(run: Run, what: Exported): AsyncGenerator<string> {
  if (what === "readings") {
    const names = run.channels.map(({ name, unit }) => (unit ? `${name} (${unit})` : name));
    yield csvLine(["reading", "received", "time_s", ...names]);
    for await (const readings of readReadings(run.id)) {
      yield readings.map(readingLine).join("");
    }
  } else {
    const names = [
      "received",
      "start",
      "end",
      "answer",
      "probability",
      "anomaly",
      "total_ms",
      "refused",
    ];
    yield csvLine(names);
    for await (const answers of readAnswers(run.id)) {
      yield answers.map(answerLine).join("");
    }
  }
}

function readingLine({ index, at, time_s, values }: KeptReading): string {
  return csvLine([index, iso(at), Number.isNaN(time_s) ? null : time_s, ...values]);
}

function answerLine({ at, start, end, answer, refused }: KeptAnswer): string {
  const known = answer
    ? [said(answer), confidence(answer), answer.anomaly, answer.timings.total_ms]
    : [null, null, null, null];
  return csvLine([iso(at), start, end, ...known, refused?.message ?? null]);
}

async function* json(run: Run, what: Exported): AsyncGenerator<string> {
  const { model, source, channels, started, ended } = run;
  const head = { model, source, channels, started: iso(started), ended: ended && iso(ended) };
  yield `{"run":${JSON.stringify(head)},"${what}":[`;
  let first = true;
  const rows = what === "readings" ? readReadings(run.id) : readAnswers(run.id);
  for await (const piece of rows) {
    for (const row of piece) {
      // NaN becomes null: the source had no clock.
      yield `${first ? "\n" : ",\n"}${JSON.stringify({ ...row, at: iso(row.at) })}`;
      first = false;
    }
  }
  yield "\n]}\n";
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
