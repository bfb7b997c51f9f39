/** Sources of readings. */

import type en from "../en/sources.js";
import type { Translated } from "../message.js";

export default {
  title: "المصادر",
  intro: "من أين تأتي القراءات.",
} satisfies Translated<typeof en>;
