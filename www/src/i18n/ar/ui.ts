/** The shared components, and how numbers are put. */

import type en from "../en/ui.js";
import type { Translated } from "../message.js";

export default {
  close: "إغلاق",
  cancel: "إلغاء",
  dismiss: "إخفاء",
  messages: "الرسائل",
  above: "أكثر من {value}",
  below: "أقل من {value}",
} satisfies Translated<typeof en>;
