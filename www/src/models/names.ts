/** How models are called on the page. */

import { words } from "../i18n/format.js";

/** The name of a model for people: its file's name without what every file has. */
export function displayName(name: string): string {
  const file = name.split(/[/\\]/).findLast(Boolean) ?? name;
  return words(file.replace(/\.gguf$/i, ""));
}
