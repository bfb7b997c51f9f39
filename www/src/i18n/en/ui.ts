/** The shared components, and how numbers are put. */

import type { Message } from "../message.js";

export default {
  close: "Close",
  cancel: "Cancel",
  dismiss: "Dismiss",
  messages: "Messages",
  above: "> {value}",
  below: "< {value}",
} satisfies Record<string, Message>;
