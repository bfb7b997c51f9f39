/** From a conversation to a prompt. */

import type { SenseLM } from "../index.js";
import { refused } from "./error.js";
import type { ChatMessage, ContentPart } from "./requests.js";

/** What the adapter needs of a model. */
export type Model = Pick<SenseLM, "generate" | "prompt" | "info">;

/** A message whose windows have become text. */
export interface TemplateMessage {
  /** Who says it. */
  role: "system" | "user" | "assistant";
  /** What is said. */
  text: string;
}

/** A prompt for the next message of a conversation. */
export interface TemplatePrompt {
  /** What the model continues. */
  prompt: string;
  /** Strings that end its answer, besides those of the request. */
  stop: readonly string[];
}

/** Writes a conversation as a prompt. */
export type ChatTemplate = (messages: readonly TemplateMessage[]) => TemplatePrompt;

const SPEAKERS = { user: "User", assistant: "Assistant" } as const;

/**
 * The template of models that bring none. What the system says stands above,
 * then every message with who says it:
 *
 * ```text
 * Answer in one word.
 *
 * User: Is the pump well?
 * Assistant: Yes.
 * User: And the valve?
 * Assistant:
 * ```
 */
export function plainTemplate(messages: readonly TemplateMessage[]): TemplatePrompt {
  const lines = messages.map(({ role, text }) =>
    role === "system" ? `${text}\n\n` : `${SPEAKERS[role]}: ${text}\n`,
  );
  return { prompt: `${lines.join("")}Assistant:`, stop: ["\nUser:"] };
}

/** How a conversation becomes a prompt. */
export interface Conversation {
  model: Model;
  systemPrompt: string | undefined;
  template: ChatTemplate;
  signal: AbortSignal | undefined;
}

/**
 * The prompt of a conversation. A window all by itself is the prompt that the
 * model was trained on; a template around it would be a question it never saw.
 */
export async function promptOf(messages: unknown, how: Conversation): Promise<TemplatePrompt> {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw refused("messages", "invalid_value", "'messages' is a list of at least one message.");
  }
  const checked = messages.map(checkMessage);
  const { systemPrompt, signal } = how;
  const [first] = checked;
  const [part] = first?.parts ?? [];
  const alone = checked.length === 1 && first?.parts.length === 1 && first.role === "user";
  if (alone && part?.type === "sensor_window" && systemPrompt === undefined) {
    return { prompt: await how.model.prompt(part.window, { signal }), stop: [] };
  }
  const written: TemplateMessage[] = [];
  if (systemPrompt !== undefined && !checked.some(({ role }) => role === "system")) {
    written.push({ role: "system", text: systemPrompt });
  }
  for (const { role, parts } of checked) {
    const texts: string[] = [];
    for (const part of parts) {
      const isText = part.type === "text";
      texts.push(isText ? part.text : await how.model.prompt(part.window, { signal }));
    }
    written.push({ role, text: texts.join("\n") });
  }
  return how.template(written);
}

interface Checked {
  role: TemplateMessage["role"];
  parts: readonly ContentPart[];
}

const ROLES: Readonly<Record<string, Checked["role"]>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
};

function checkMessage(message: unknown, index: number): Checked {
  const at = `messages[${index}]`;
  if (typeof message !== "object" || message === null) {
    throw refused(at, "invalid_value", `'${at}' is an object with a role and a content.`);
  }
  const { role: named, content, ...others } = message as Partial<ChatMessage>;
  const other = Object.entries<unknown>(others).find(([, value]) => (value ?? null) !== null);
  if (other) {
    const name = `${at}.${other[0]}`;
    throw refused(name, "unsupported_parameter", `'${name}' has no meaning here: leave it out.`);
  }
  const role = Object.hasOwn(ROLES, String(named)) ? ROLES[String(named)] : undefined;
  if (role === undefined) {
    const known = Object.keys(ROLES).join(", ");
    throw refused(`${at}.role`, "invalid_value", `'${at}.role' is one of ${known}.`);
  }
  if (typeof content === "string") {
    return { role, parts: [{ type: "text", text: content }] };
  }
  if (!Array.isArray(content) || content.length === 0) {
    const name = `${at}.content`;
    throw refused(name, "invalid_value", `'${name}' is a string or a list of parts.`);
  }
  const parts: readonly unknown[] = content;
  return { role, parts: parts.map((part, index) => checkPart(part, `${at}.content[${index}]`)) };
}

function checkPart(part: unknown, at: string): ContentPart {
  const { type, text, window } = (part ?? {}) as Partial<Record<string, unknown>>;
  if (type === "text" && typeof text === "string") {
    return { type, text };
  }
  if (type === "sensor_window" && typeof window === "object" && window !== null) {
    // The runtime checks what is in it.
    return { type, window } as ContentPart;
  }
  const message =
    `'${at}' is {type: "text", text: string} or {type: "sensor_window", window: {channels}}: ` +
    "the model takes no other parts.";
  throw refused(at, "invalid_value", message);
}
