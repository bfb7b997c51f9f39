/** Why a recording does not fit, in the language of the page. */

import type { FitReason } from "@senselm/web";
import { figure, percent, words } from "../i18n/format.js";
import { t } from "../i18n/index.svelte.js";

/** A reason as a sentence, which begins with the channel that it is about. */
export function reasonText({ channel, values }: FitReason): string {
  const text = findingText(values);
  return channel === null ? capital(text) : t("fits.channel", { channel: words(channel), text });
}

function findingText(found: FitReason["values"]): string {
  switch (found.kind) {
    case "unit":
      return t("fits.unit", { stated: found.stated, trained: found.trained });
    case "converted":
      return found.units
        ? t("fits.units", { trained: found.units[0], found: found.units[1] })
        : t("fits.scaled", { scale: figure(found.scale), offset: figure(found.offset) });
    case "outside":
      return t("fits.outside", {
        share: percent(found.share, 0),
        ...ends(found.trained),
        from: figure(found.found[0]),
        to: figure(found.found[1]),
      });
    case "level":
    case "rare":
      return t(`fits.${found.kind}`, { ...ends(found.trained), found: figure(found.found) });
    case "length":
      return t("fits.length", { ...ends(found.trained), found: figure(found.found) });
    case "constant":
      return t("fits.constant", { n: found.windows, value: figure(found.value) });
    case "steady":
      return t("fits.steady", { windows: found.windows, of: found.of });
    case "missing":
      return t("fits.missing", {
        found: percent(found.found, 0),
        trained: percent(found.trained, 0),
      });
    case "exchanged":
      return t("fits.exchanged", { with: words(found.with) });
    case "rate":
      return t("fits.rate", {
        found: figure(found.found_hz),
        trained: figure(found.trained_hz),
      });
    case "other_pace":
      return t("fits.other_pace", {
        windows: found.windows,
        of: found.of,
        other: figure(1 / found.other_s),
        usual: figure(1 / found.usual_s),
        line: found.line,
      });
    case "pace":
      return t("fits.pace", { times: figure(found.times) });
    case "refused":
      return t(`fits.refused.${found.refusal}`);
    case "no_profile":
    case "no_windows":
      return t(`fits.${found.kind}`);
  }
}

function ends([low, high]: [number, number]): { low: string; high: string } {
  return { low: figure(low), high: figure(high) };
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
