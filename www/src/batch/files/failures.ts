/** Why something did not work, in the words of the page. */

import type { Choice } from "@senselm/web";

import { type Key, t } from "../../i18n/index.svelte.js";
import {
  type Dialect,
  type ProblemCode,
  ReaderError,
  type ReaderFailure,
} from "../reader/protocol.js";

/** What to do about a file that cannot be read. */
export function failureText({ code, line, detail, problem }: ReaderFailure): string {
  return code === "table" && problem
    ? problemText(problem)
    : t(`batch.failure.${code as Exclude<typeof code, "table">}`, { line: line ?? 1, detail });
}

/** What is wrong with a table or a cell of it. */
export function problemText({ code, values }: ProblemCode): string {
  const { first, second, ...others } = values;
  const name = (value: string | number | undefined) => {
    switch (code) {
      case "two_times":
        return { value: t(`batch.times.${value as "s"}`) };
      case "two_delimiters":
        return { value: t(`batch.delimiter.${value as "comma"}`) };
      default:
        return { value: value ?? "" };
    }
  };
  const key = `batch.problem.${code}` as Key;
  return t(key, { ...others, first: name(first).value, second: name(second).value });
}

/** What a choice is called. */
export function choiceText({ option, value }: Choice): string {
  switch (option) {
    case "delimiter":
      return t(`batch.delimiter.${value as "comma"}`);
    case "decimal":
      return t(`batch.decimal.${value as "comma"}`);
    case "times":
      return t(`batch.times.${value as "s"}`);
    case "rateHz":
      return t("batch.ask.rate", { n: Number(value) });
    case "headerLine":
      return t("batch.header.no");
    case "encoding":
      return t("batch.dialect.encoding");
  }
}

/** A choice as what is told of a file. */
export function toldBy({ option, value }: Choice): Partial<Dialect> {
  return { [option]: option === "headerLine" ? 0 : value };
}

/** Any error in one sentence: a file's in the language of the page. */
export function errorText(error: unknown): string {
  if (error instanceof ReaderError) {
    const { code, line, message, problem } = error;
    return failureText({ code, line, detail: message, problem });
  }
  return error instanceof Error ? error.message : String(error);
}
