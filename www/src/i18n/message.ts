/** What a string of the interface may be. */

/** One form for each plural category of the language; `{n}` decides. */
export type Plural = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** A string with `{parameters}`, or several that a number chooses from. */
export type Message = string | Plural;

/** The shape of a translation: the same keys, plural where the original is. */
export type Translated<T extends Record<string, Message>> = {
  [K in keyof T]: T[K] extends string ? string : Plural;
};
