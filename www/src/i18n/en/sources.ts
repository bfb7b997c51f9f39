/** Sources of readings. */

import type { Message } from "../message.js";

export default {
  title: "Sources",
  intro: "Where readings come from.",
} satisfies Record<string, Message>;
