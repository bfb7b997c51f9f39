/** The view of files. */

import type en from "../en/batch.js";
import type { Translated } from "../message.js";

export default {
  title: "الملفات",
  intro: "افتح تسجيلًا ليجيب النموذج عن كل نافذة فيه.",
} satisfies Translated<typeof en>;
