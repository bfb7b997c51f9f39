/** Why something did not work, in the words of the page. */

import { t } from "../../i18n/index.svelte.js";
import { ReaderError, type ReaderFailure } from "../reader/protocol.js";

/** What to do about a file that cannot be read. */
export function failureText({ code, line, detail }: ReaderFailure): string {
  return t(`batch.failure.${code}`, { line: line ?? 1, detail });
}

/** Any error in one sentence: a file's in the language of the page. */
export function errorText(error: unknown): string {
  if (error instanceof ReaderError) {
    return failureText({ code: error.code, line: error.line, detail: error.message });
  }
  return error instanceof Error ? error.message : String(error);
}
