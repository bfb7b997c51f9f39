/** Names of models, and the other things that callers give as text. */

import { InputError, SenseLMError } from "../errors.js";

/** The longest name that a caller may give, in UTF-16 units. */
const NAME_LENGTH = 128;
/** A longer address is loaded, but not kept. */
const URL_LENGTH = 2048;

/**
 * What no name has: control characters, the slashes that make an address, and
 * the characters that turn the direction of what follows them in a list.
 */
const FORBIDDEN = /[\p{Cc}\p{Cs}/\\\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/u;

/** A name as it was given, if it can be one. */
export function checkedName(name: unknown): string {
  if (typeof name !== "string") {
    throw noText();
  }
  const fits = name.length > 0 && name.length <= NAME_LENGTH && name.trim() === name;
  if (!fits || FORBIDDEN.test(name) || /^\.+$/.test(name) || /^[a-z][a-z0-9+.-]*:/i.test(name)) {
    const message =
      `a model's name has 1 to ${NAME_LENGTH} characters, none of them a slash or a control ` +
      "character, no blanks at its ends, and does not begin as an address does";
    throw new InputError("bad_input", message);
  }
  return name;
}

/** A name to look for, which may be anything. */
export function anyName(name: unknown): string {
  if (typeof name !== "string") {
    throw noText();
  }
  return name;
}

/** A name for what comes from an address: its last segment. */
export function nameOfUrl(url: string): string {
  const { pathname, hostname } = new URL(url);
  const last = pathname.split("/").filter(Boolean).at(-1) ?? hostname;
  return nameLike(unescaped(last));
}

/** The nearest name to a text that somebody else chose. */
export function nameLike(text: string): string {
  let name = "";
  // Cut between characters, and short enough for a number behind it.
  for (const character of text) {
    if (name.length + character.length > NAME_LENGTH - 8) {
      break;
    }
    name += FORBIDDEN.test(character) ? "_" : character;
  }
  name = name.trim().replace(/^([a-z][a-z0-9+.-]*):/i, "$1_");
  return name === "" || /^\.+$/.test(name) ? "model" : name;
}

/** A name with a number in front of its ending. */
export function numbered(name: string, number: number): string {
  const dot = name.lastIndexOf(".");
  const end = dot > 0 ? dot : name.length;
  return `${name.slice(0, end)}-${number}${name.slice(end)}`;
}

/** Whether models from an address are kept. A fragment is not part of the address. */
export function cacheable(url: string): boolean {
  return /^https?:/.test(url) && url.length <= URL_LENGTH;
}

/** A SHA-256 in lower case, if it is one. */
export function checkedSha256(sha256: unknown): string | null {
  if (sha256 === null || sha256 === undefined) {
    return null;
  }
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new InputError("bad_input", "sha256 is a text of 64 hexadecimal digits");
  }
  return sha256.toLowerCase();
}

function noText(): SenseLMError {
  return new InputError("bad_input", "a model's name is a text");
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
