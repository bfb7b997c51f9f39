/** What is known about the model: from its file, not from this page. */

import type { Info } from "@senselm/web";
import { byId, describe, make } from "./dom.js";
import { bytes, count, words } from "./format.js";

export function showCard(info: Info): void {
  const description = info.card?.["description"];
  byId("card-sub").textContent =
    typeof description === "string" ? description : (info.name ?? "A language model");
  describe(byId("card"), [
    ["Name", info.name ?? "unnamed"],
    ["Parameters", count(info.parameters)],
    ["File", `${bytes(info.file_bytes)}, ${info.quantization}`],
    ["Shape", `${info.layers} layers, ${info.heads} heads, width ${info.width}`],
    ["Context", `${count(info.context)} tokens of ${count(info.vocab)}`],
    ["Trained on", info.card?.["simulated"] === false ? "recorded data" : "simulated data"],
    ["Recipe", info.recipe_sha256 ? info.recipe_sha256.slice(0, 12) : "unknown"],
  ]);
  showMetrics(info.metrics);
}

/** Lists what was measured after training: every figure, one level deep. */
function showMetrics(metrics: Info["metrics"]): void {
  const rows = Object.entries(metrics ?? {})
    .filter((entry): entry is [string, number | string] => {
      return typeof entry[1] === "number" || typeof entry[1] === "string";
    })
    .map(([name, value]) => {
      const shown = typeof value === "number" && !Number.isInteger(value) ? value.toFixed(3) : value;
      return make("tr", "", make("th", "", words(name)), make("td", "", String(shown)));
    });
  if (rows.length > 0) {
    const caption = make("caption", "", "Measured after training, on held-out data");
    byId("metrics").replaceChildren(
      make("table", "metrics", caption, make("tbody", "", ...rows)),
    );
  }
}
