/** The view of models. */

import type en from "../en/models.js";
import type { Translated } from "../message.js";

export default {
  title: "النماذج",
  intro: "ما يجيب على هذا الجهاز، وما قيس من أدائه.",
} satisfies Translated<typeof en>;
