/** What sources say, in the language of the page. */

import { t } from "../i18n/index.svelte.js";
import type { SourceMessage } from "../sources/source.js";

/** A message of a source; the model's own words stay as they are. */
export function reasonText(reason: SourceMessage | string): string {
  return typeof reason === "string" ? reason : t(reason.key, reason.values);
}
