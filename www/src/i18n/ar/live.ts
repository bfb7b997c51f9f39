/** The live view. */

import type en from "../en/live.js";
import type { Translated } from "../message.js";

export default {
  title: "مباشر",
  intro: "صِل مصدرًا وتابع إجابات النموذج.",
} satisfies Translated<typeof en>;
