/**
 * Every string that is shown, in the language that the user chose.
 *
 * English is built in and Arabic is loaded when it is wanted; the service worker
 * keeps both. Anything that calls `t` in a template follows a change.
 */

import { keep, kept } from "../app/storage.js";
import en from "./en/index.js";
import type { Message, Translated } from "./message.js";

type English = typeof en;
type Feature = keyof English;

/** The same features and keys in every language. */
export type Messages = { [F in Feature]: Translated<English[F]> };

/** `feature.key`, for every string that there is. */
export type Key = { [F in Feature]: `${F}.${keyof English[F] & string}` }[Feature];

/** What replaces `{name}`; a number is written as the language writes it. */
export type Parameters = Readonly<Record<string, string | number>>;

/** The languages: their own names, their direction, and how they write numbers. */
export const LOCALES = {
  en: { name: "English", dir: "ltr", tag: "en" },
  // Egypt's, so that digits are the ones that belong to the script.
  ar: { name: "العربية", dir: "rtl", tag: "ar-EG" },
} as const;
export type LocaleCode = keyof typeof LOCALES;

const KEY = "locale";
const load: Record<LocaleCode, () => Promise<Messages>> = {
  en: () => Promise.resolve(en),
  ar: async () => (await import("./ar/index.js")).default,
};

class LocaleState {
  #code = $state<LocaleCode>("en");
  #messages = $state.raw<Messages>(en);
  #plurals = $derived(new Intl.PluralRules(LOCALES[this.#code].tag));
  #numbers = $derived(new Intl.NumberFormat(LOCALES[this.#code].tag));

  get code(): LocaleCode {
    return this.#code;
  }

  get dir(): "ltr" | "rtl" {
    return LOCALES[this.#code].dir;
  }

  /** What `Intl` is asked for. */
  get tag(): string {
    return LOCALES[this.#code].tag;
  }

  /** The language of the last visit, or the browser's, or English. */
  async restore(): Promise<void> {
    const wanted = kept(KEY) ?? navigator.language.split("-")[0];
    const code = wanted !== undefined && wanted in LOCALES ? (wanted as LocaleCode) : "en";
    try {
      await this.#show(code);
    } catch {
      // The strings did not arrive: English is here.
      await this.#show("en");
    }
  }

  /** Shows the page in a language and remembers it. */
  async choose(code: LocaleCode): Promise<void> {
    await this.#show(code);
    keep(KEY, code);
  }

  async #show(code: LocaleCode): Promise<void> {
    this.#messages = await load[code]();
    this.#code = code;
    document.documentElement.lang = code;
    document.documentElement.dir = this.dir;
  }

  /** Fills in a message. */
  text(key: Key, parameters: Parameters): string {
    const dot = key.indexOf(".");
    const feature = this.#messages[key.slice(0, dot) as Feature] as Record<string, Message>;
    const message = feature[key.slice(dot + 1)] ?? key;
    return this.#form(message, parameters).replace(/\{(\w+)\}/g, (hole, name: string) => {
      const value = parameters[name];
      return typeof value === "number" ? this.#numbers.format(value) : (value ?? hole);
    });
  }

  #form(message: Message, { n }: Parameters): string {
    if (typeof message === "string") {
      return message;
    }
    const rule = typeof n === "number" ? this.#plurals.select(n) : "other";
    return message[rule] ?? message.other;
  }
}

/** The language of the page. */
export const locale = new LocaleState();

/** The string with this key, with `{name}` replaced and the plural chosen by `n`. */
export function t(key: Key, parameters: Parameters = {}): string {
  return locale.text(key, parameters);
}
