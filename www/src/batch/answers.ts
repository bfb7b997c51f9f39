/**
 * The answers to a file, compact: about 30 bytes each, whatever the windows.
 *
 * Windows are not kept. One that somebody wants to see is read from the file
 * again, of which the reader knows where every block begins.
 */

import type { AnsweredRecord } from "@senselm/web";
import { labelled } from "../i18n/format.js";
import { Confusion } from "./metrics.js";

/** What a model answers with. */
export type AnswerKind = "classify" | "number" | "generate";

/** Reasons for refusals that are kept apart. */
const MAX_REASONS = 200;
/** Characters of texts that are kept whole; later ones are cut. */
const MAX_TEXT_CHARS = 16 * 1024 * 1024;
const CUT_TEXT_CHARS = 200;
const FIRST_CAPACITY = 1024;

/** One answer, as a list or an export shows it. */
export interface AnswerRow {
  index: number;
  /** The line of the file, or its row, that the window ends at. */
  line: number;
  row: number;
  /** A label, a number or a text; null where the model refused. */
  said: string | number | null;
  truth: string | number | null;
  /** Null where there is no truth, or no answer. */
  right: boolean | null;
  probability: number | null;
  anomaly: number | null;
  /** Why the model refused, or null. */
  refused: string | null;
}

/** The answers to one file, in its order. */
export class Answers {
  readonly kind: AnswerKind;
  readonly labels: readonly string[];
  readonly unit: string;
  length = 0;
  refused = 0;
  /** Sums that need no second look at the answers. */
  readonly confusion: Confusion;
  readonly errors = { count: 0, absolute: 0, squared: 0 };
  /** Texts that equal what the file has, of those that it has. */
  readonly texts = { count: 0, right: 0, cut: 0 };

  line = new Uint32Array(FIRST_CAPACITY);
  row = new Uint32Array(FIRST_CAPACITY);
  /** The label's index, -1 where the model refused. */
  said = new Int16Array(FIRST_CAPACITY);
  /** The true label's index, -1 where it is not known. */
  truth = new Int16Array(FIRST_CAPACITY);
  /** NaN where there is none. */
  probability = new Float32Array(FIRST_CAPACITY);
  anomaly = new Float32Array(FIRST_CAPACITY);
  /** Numbers, for a task that asks for one; NaN where there is none. */
  value: Float64Array<ArrayBuffer>;
  trueValue: Float64Array<ArrayBuffer>;
  readonly #text: (string | null)[] = [];
  readonly #trueText: (string | null)[] = [];
  #chars = 0;
  readonly #reasons: string[] = [];
  /** For each refused answer its reason. */
  readonly #reasonOf = new Map<number, number>();

  constructor(kind: AnswerKind, labels: readonly string[], unit: string) {
    this.kind = kind;
    this.labels = labels;
    this.unit = unit;
    this.confusion = new Confusion(labels.length);
    const numbers = kind === "number" ? FIRST_CAPACITY : 0;
    this.value = new Float64Array(numbers);
    this.trueValue = new Float64Array(numbers);
  }

  /** Takes an answer; `line` is where the file has the row that completed it. */
  add(record: AnsweredRecord, line: number): void {
    if (this.length === this.line.length) {
      this.#grow();
    }
    const at = this.length;
    this.length += 1;
    const { answer, truth, place, refused } = record;
    this.line[at] = line;
    this.row[at] = place.row;
    this.said[at] = -1;
    this.truth[at] = truth && "label" in truth ? truth.label : -1;
    this.anomaly[at] = answer?.anomaly ?? NaN;
    this.probability[at] = answer && "probability" in answer ? answer.probability : NaN;
    if (!answer) {
      this.#refuse(at, refused?.message ?? "");
    }
    switch (this.kind) {
      case "classify":
        if (answer?.kind === "classification" && answer.rejected) {
          // A label that it is not, as sure as it may seem, is no answer.
          this.probability[at] = NaN;
          this.#refuse(at, labelled(answer));
        } else if (answer?.kind === "classification") {
          this.said[at] = answer.index;
          this.confusion.add(this.truth[at] ?? -1, answer.index);
        }
        break;
      case "number": {
        const truly = truth && "number" in truth ? truth.number : NaN;
        const value = answer?.kind === "number" ? answer.value : NaN;
        this.value[at] = value;
        this.trueValue[at] = truly;
        if (!Number.isNaN(value - truly)) {
          this.errors.count += 1;
          this.errors.absolute += Math.abs(value - truly);
          this.errors.squared += (value - truly) ** 2;
        }
        break;
      }
      case "generate": {
        const said = answer && "text" in answer ? answer.text : null;
        const truly = truth && "text" in truth ? truth.text : null;
        this.#text.push(this.#kept(said));
        this.#trueText.push(this.#kept(truly));
        if (said !== null && truly !== null) {
          this.texts.count += 1;
          this.texts.right += said.trim() === truly.trim() ? 1 : 0;
        }
        break;
      }
    }
  }

  /** One answer with its words. */
  at(index: number): AnswerRow {
    const said = this.#said(index);
    const truth = this.#truth(index);
    return {
      index,
      line: this.line[index] ?? 0,
      row: this.row[index] ?? 0,
      said,
      truth,
      right: this.isRight(index),
      probability: orNull(this.probability[index]),
      anomaly: orNull(this.anomaly[index]),
      refused: this.isRefused(index)
        ? (this.#reasons[this.#reasonOf.get(index) ?? -1] ?? "")
        : null,
    };
  }

  /** Whether the answer is the file's; null where one of them is missing. */
  isRight(index: number): boolean | null {
    if (this.kind === "classify") {
      const said = this.said[index] ?? -1;
      const truth = this.truth[index] ?? -1;
      return said < 0 || truth < 0 ? null : said === truth;
    }
    if (this.kind === "number") {
      // A number is near or far, not right or wrong.
      return null;
    }
    const said = this.#text[index] ?? null;
    const truth = this.#trueText[index] ?? null;
    return said === null || truth === null ? null : said.trim() === truth.trim();
  }

  isRefused(index: number): boolean {
    return this.#reasonOf.has(index);
  }

  #said(index: number): string | number | null {
    switch (this.kind) {
      case "classify":
        return this.labels[this.said[index] ?? -1] ?? null;
      case "number":
        return orNull(this.value[index]);
      case "generate":
        return this.#text[index] ?? null;
    }
  }

  #truth(index: number): string | number | null {
    switch (this.kind) {
      case "classify":
        return this.labels[this.truth[index] ?? -1] ?? null;
      case "number":
        return orNull(this.trueValue[index]);
      case "generate":
        return this.#trueText[index] ?? null;
    }
  }

  #refuse(at: number, message: string): void {
    this.refused += 1;
    let reason = this.#reasons.indexOf(message);
    if (reason < 0) {
      if (this.#reasons.length < MAX_REASONS) {
        this.#reasons.push(message);
      }
      reason = this.#reasons.length - 1;
    }
    this.#reasonOf.set(at, reason);
  }

  #kept(text: string | null): string | null {
    if (text === null || this.#chars + text.length <= MAX_TEXT_CHARS) {
      this.#chars += text?.length ?? 0;
      return text;
    }
    this.texts.cut += 1;
    return text.slice(0, CUT_TEXT_CHARS);
  }

  #grow(): void {
    const capacity = this.line.length * 2;
    const copied = <T extends { set(from: T): void }>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.line = copied(new Uint32Array(capacity), this.line);
    this.row = copied(new Uint32Array(capacity), this.row);
    this.said = copied(new Int16Array(capacity), this.said);
    this.truth = copied(new Int16Array(capacity), this.truth);
    this.probability = copied(new Float32Array(capacity), this.probability);
    this.anomaly = copied(new Float32Array(capacity), this.anomaly);
    if (this.kind === "number") {
      this.value = copied(new Float64Array(capacity), this.value);
      this.trueValue = copied(new Float64Array(capacity), this.trueValue);
    }
  }
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
