/** What a run amounts to, in figures: for the page, for JSON and for the picture. */

import {
  dateTime,
  duration,
  fixed,
  milliseconds,
  number,
  percent,
  reading,
  words,
} from "../../i18n/format.js";
import { t } from "../../i18n/index.svelte.js";
import type { About } from "../export/answers.js";
import type { PictureWords } from "../export/picture.js";
import type { Job, Outcome } from "../job.svelte.js";
import { wilson } from "../metrics.js";

/** One figure with its name and a note. */
export interface Figure {
  name: string;
  value: string;
  note: string;
}

/** The figures of a run. */
export function figuresOf({ progress }: Job, { answers, bad }: Outcome): Figure[] {
  const { refused, length } = answers;
  const unit = answers.unit === "" ? "" : ` ${answers.unit}`;
  const figures: Figure[] = [
    {
      name: t("batch.summary.answered"),
      value: number(length - refused),
      note:
        refused > 0 ? t("batch.summary.refused", { n: refused }) : t("batch.summary.none_refused"),
    },
  ];
  const right = rightShare(answers);
  if (right) {
    figures.push({
      name: t("batch.summary.accuracy"),
      value: percent(right.value),
      note: t("batch.summary.of", {
        right: right.right,
        count: right.count,
        low: percent(right.low),
        high: percent(right.high),
      }),
    });
  }
  const f1 = answers.confusion.macroF1();
  if (f1 !== null) {
    figures.push({
      name: t("batch.summary.f1"),
      value: fixed(f1, 3),
      note: t("batch.summary.f1_note"),
    });
  }
  const { errors } = answers;
  if (errors.count > 0) {
    const note = t("batch.summary.numbers", { n: errors.count });
    figures.push({
      name: t("batch.summary.mae"),
      value: `${reading(errors.absolute / errors.count)}${unit}`,
      note,
    });
    figures.push({
      name: t("batch.summary.rmse"),
      value: `${reading(Math.sqrt(errors.squared / errors.count))}${unit}`,
      note,
    });
  }
  if (!right && errors.count === 0) {
    figures.push({
      name: t("batch.summary.accuracy"),
      value: "–",
      note: t("batch.summary.no_truth"),
    });
  }
  if (progress && progress.elapsedMs > 0) {
    const rate = length / (progress.elapsedMs / 1000);
    figures.push({
      name: t("batch.summary.speed"),
      value: t("batch.summary.speed_value", { rate: number(rate, rate < 10 ? 1 : 0) }),
      note: t("batch.summary.speed_note", {
        rows: number(progress.rows),
        time: took(progress.elapsedMs),
      }),
    });
  }
  figures.push({
    name: t("batch.summary.bad"),
    value: number(bad.count),
    note:
      bad.count > 0
        ? t("batch.summary.bad_note", { n: progress?.rows ?? bad.count })
        : t("batch.summary.bad_none"),
  });
  return figures;
}

/** How long a run took, which may be less than a second. */
export function took(ms: number): string {
  return ms < 1000 ? milliseconds(ms) : duration(ms);
}

/** What is written above the answers in JSON. */
export function about(job: Job, outcome: Outcome): About {
  const { answers, bad, modelName, started } = outcome;
  const right = rightShare(answers);
  const { errors } = answers;
  return {
    model: modelName,
    source: job.file.name,
    made: new Date(started).toISOString(),
    task: answers.kind,
    unit: answers.unit,
    labels: answers.labels,
    summary: {
      windows: answers.length,
      refused: answers.refused,
      bad_rows: bad.count,
      accuracy: right?.value ?? null,
      accuracy_low: right?.low ?? null,
      accuracy_high: right?.high ?? null,
      macro_f1: answers.confusion.macroF1(),
      mean_absolute_error: errors.count > 0 ? errors.absolute / errors.count : null,
      root_mean_square_error: errors.count > 0 ? Math.sqrt(errors.squared / errors.count) : null,
    },
  };
}

/** What the picture says in words. */
export function pictureWords(job: Job, outcome: Outcome, dir: "ltr" | "rtl"): PictureWords {
  const { answers, modelName, started } = outcome;
  return {
    title: t("batch.picture.title", { file: job.file.name }),
    made: t("batch.picture.made", { model: modelName, date: dateTime(started) }),
    dir,
    figures: figuresOf(job, outcome),
    below: t(answers.kind === "number" ? "batch.scatter.title" : "batch.confusion.title"),
    said: t(answers.kind === "number" ? "batch.scatter.said" : "batch.confusion.said"),
    truth: t(answers.kind === "number" ? "batch.scatter.truth" : "batch.confusion.corner"),
    labels: answers.labels.map(words),
    count: number,
    axis: (value) => number(value, 4),
  };
}

function rightShare({ kind, confusion, texts }: Outcome["answers"]): ReturnType<typeof wilson> {
  return kind === "generate"
    ? wilson(texts.right, texts.count)
    : wilson(confusion.right, confusion.count);
}
