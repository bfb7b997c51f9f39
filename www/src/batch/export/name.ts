/** What the files of a batch are called. */

/** A name that says what it is: `pump-3-pump-answers.csv`. */
export function exportName(source: string, model: string, what: string, ending: string): string {
  const stem = source.replace(/\.[^.]*$/, "");
  const parts = [stem, model, what].map(plain).filter((part) => part !== "");
  return `${parts.join("-")}.${ending}`;
}

/** Letters and digits of any script, and single hyphens between. */
function plain(text: string): string {
  const hyphens = text.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  return hyphens.slice(0, 60);
}
