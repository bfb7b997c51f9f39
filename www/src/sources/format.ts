/** How a device writes its readings, as the user set it. */

/** How a time is written; `auto` is any way that is certain. */
export type TimeForm = "auto" | "s" | "ms" | "us" | "ns" | "min" | "h" | "days" | DateForm;

/** The order of a date; `ymd` is that of ISO 8601. */
type DateForm = "ymd" | "dmy" | "mdy" | "clock";

/** How messages or lines hold readings. The default takes what it recognises. */
export interface Format {
  /** Where in a JSON message the readings stand, like `payload.sensors`. */
  path: string;
  /** For each channel the name or path of its field, null for the channel's name. */
  fields: readonly (string | null)[];
  /** The names of an array's or a line's values, in order; empty for the channels. */
  columns: readonly string[];
  /** The field of the time; empty for the usual names. */
  time: string;
  times: TimeForm;
}

/** A format in which nothing is set. */
export const ANY_FORMAT: Format = { path: "", fields: [], columns: [], time: "", times: "auto" };

/**
 * Whether a message holds whole readings, or the value of the channel whose name
 * ends the topic; `auto` is whichever it looks like.
 */
export type Holds = "auto" | "readings" | "value";
