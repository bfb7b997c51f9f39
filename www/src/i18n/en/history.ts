/** The view of past runs. */

import type { Message } from "../message.js";

export default {
  title: "History",
  intro: "Runs that this device has kept.",
} satisfies Record<string, Message>;
