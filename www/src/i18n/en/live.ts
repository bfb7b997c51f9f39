/** The live view. */

import type { Message } from "../message.js";

export default {
  title: "Live",
  intro: "Connect a source and watch the model answer.",
} satisfies Record<string, Message>;
