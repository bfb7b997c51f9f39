/** The view of files. */

import type { Message } from "../message.js";

export default {
  title: "Files",
  intro: "Open a recording and have every window of it answered.",
} satisfies Record<string, Message>;
