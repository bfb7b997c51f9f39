/** What an answer says, in one line, and what many say together. */

import type { Answer } from "@senselm/web";
import { labelled } from "../i18n/format.js";
import type { KeptAnswer } from "./types.js";

/** The label, the number or the text of an answer. */
export function said(answer: Answer): string {
  if (answer.kind !== "classification") {
    return answer.text;
  }
  return answer.rejected ? labelled(answer) : answer.label;
}

/** One label, and how many answers have it. */
export interface LabelCount {
  label: string;
  /** Its place among the model's labels, which its colour goes by. */
  index: number;
  count: number;
}

/** How often each label was said, the most frequent first. */
export function labelCounts(answers: readonly KeptAnswer[]): LabelCount[] {
  const counts = new Map<string, LabelCount>();
  for (const { answer } of answers) {
    if (answer?.kind === "classification" && !answer.rejected) {
      const { label, index } = answer;
      const entry = counts.get(label) ?? { label, index, count: 0 };
      entry.count += 1;
      counts.set(label, entry);
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

/** Consecutive answers as at most `most` groups of about the same size. */
export function grouped(answers: readonly KeptAnswer[], most: number): KeptAnswer[][] {
  const groups = Math.min(most, answers.length);
  return Array.from({ length: groups }, (_, group) => {
    const from = Math.floor((group * answers.length) / groups);
    return answers.slice(from, Math.floor(((group + 1) * answers.length) / groups));
  });
}
