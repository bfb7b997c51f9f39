/** The view of past runs. */

import type en from "../en/history.js";
import type { Translated } from "../message.js";

export default {
  title: "السجل",
  intro: "عمليات التشغيل المحفوظة على هذا الجهاز.",
} satisfies Translated<typeof en>;
