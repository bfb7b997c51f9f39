/** What sources and answers say, in the language of the page. */

import { fixed, labelled, percent, time, words } from "../i18n/format.js";
import { t } from "../i18n/index.svelte.js";
import type { SourceMessage } from "../sources/source.js";
import { confidence, type LiveAnswer, said } from "./answers.js";

/** A message of a source; the model's own words stay as they are. */
export function reasonText(reason: SourceMessage | string): string {
  return typeof reason === "string" ? reason : t(reason.key, reason.values);
}

/** A window in one line: when, what, how sure, how strange. */
export function describe({ answer, refused, at, simulated }: LiveAnswer): string {
  const parts = [time(at)];
  if (answer) {
    const sure = confidence(answer);
    parts.push(answer.kind === "classification" ? labelled(answer) : said(answer));
    if (sure !== null) {
      parts.push(t("live.sure", { share: percent(sure) }));
    }
    if (answer.anomaly !== null) {
      parts.push(t("live.anomaly.value", { score: fixed(answer.anomaly, 2) }));
    }
  } else {
    parts.push(refused?.message ?? t("live.verdict.refused"));
  }
  if (simulated !== null) {
    parts.push(t("live.simulated.was", { condition: words(simulated) }));
  }
  return parts.join(t("live.separator"));
}
