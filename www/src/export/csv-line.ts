/** Lines of CSV that spreadsheets open without running anything. */

/** A cell; null is an empty one. */
export type Cell = string | number | boolean | null;

/** A line as RFC 4180 has it. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(",")}\r\n`;
}

function cellText(cell: Cell): string {
  if (typeof cell !== "string") {
    return cell === null ? "" : String(cell);
  }
  // A spreadsheet takes such a text for a formula, unless it is a number; an
  // apostrophe says that it is none.
  const formula = /^[=+\-@\t\r]/.test(cell) && !Number.isFinite(Number(cell));
  const safe = formula ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
