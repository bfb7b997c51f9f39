/** The view of models. */

import type { Message } from "../message.js";

export default {
  title: "Models",
  intro: "What answers on this device, and what it was measured to be worth.",
} satisfies Record<string, Message>;
