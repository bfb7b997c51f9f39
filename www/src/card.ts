/** What is known about the model: from its file, not from this page. */

import type { Info } from "@senselm/web";
import { byId, describe, make } from "./dom.js";
import { bytes, count, percent, words } from "./format.js";
import { hueVariable } from "./palette.js";

export function showCard(info: Info): void {
  byId("card-sub").textContent =
    text(info.card?.["description"]) ?? info.name ?? "A language model";
  describe(byId("card"), [
    ["Name", info.name ?? "unnamed"],
    ["Parameters", count(info.parameters)],
    ["File", `${bytes(info.file_bytes)}, ${info.quantization}`],
    ["Shape", `${info.layers} layers, ${info.heads} heads, width ${info.width}`],
    ["Context", `${count(info.context)} tokens, vocabulary of ${count(info.vocab)}`],
    ["Trained on", info.card?.["simulated"] === false ? "recorded data" : "simulated data"],
    ["Recipe, SHA-256", info.recipe_sha256 ? `${info.recipe_sha256.slice(0, 12)}…` : "unknown"],
    ["Licence", text(info.card?.["licence"]) ?? "unknown"],
  ]);
  const scores = record(info.metrics?.["scores"]);
  if (scores) {
    showScores(scores, info.task?.labels ?? []);
  }
}

/** What was measured after training, over all and for each label. */
function showScores(scores: Record<string, unknown>, labels: readonly string[]): void {
  const rows: [string, string][] = [];
  const add = (name: string, key: string, interval: string) => {
    const value = number(scores[key]);
    if (value !== null) {
      rows.push([name, `${percent(value)}${between(scores[interval])}`]);
    }
  };
  add("Accuracy", "accuracy", "ci95");
  add("Macro F1", "macro_f1", "macro_f1_ci95");
  const measured = number(scores["distinct"]);
  if (measured !== null) {
    rows.push(["Windows measured", count(measured)]);
    rows.push(["In brackets", "95 % interval"]);
  }
  describe(byId("scores"), rows);
  const classes = Array.isArray(scores["classes"]) ? scores["classes"] : [];
  const recalls = labels.flatMap((label, index) => {
    const recall = number(record(classes[index])?.["recall"]);
    return recall === null ? [] : [recallBar(label, index, recall)];
  });
  byId("recalls").replaceChildren(...recalls);
  byId("measured").hidden = false;
}

function recallBar(label: string, index: number, recall: number): HTMLElement {
  const fill = make("div", "fill");
  fill.style.setProperty("--hue", `var(${hueVariable(index)})`);
  fill.style.setProperty("--share", recall.toFixed(4));
  const name = make("span", "name", words(label));
  return make(
    "li",
    "bar",
    name,
    make("div", "track", fill),
    make("span", "percent", percent(recall)),
  );
}

function between(interval: unknown): string {
  const [low, high] = Array.isArray(interval) ? interval.map(number) : [];
  return low != null && high != null ? ` (${percent(low)} to ${percent(high)})` : "";
}

/* The metrics are whatever the file says: nothing about them is certain. */

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
