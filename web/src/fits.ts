/** Whether a recording or a stream is of the kind that a model was trained on. */

/**
 * `yes` where nothing speaks against it, `unsure` where a person should look at it, `no`
 * where answers about it would mean nothing.
 */
export type FitVerdict = "yes" | "unsure" | "no";

/** What is said of some windows. Their shapes are for the anomaly score to judge. */
export interface Fits {
  /** What follows from all reasons: the weightiest. */
  verdict: FitVerdict;
  /** Windows that were looked at. */
  windows: number;
  /** What is unlike training, the weightiest first. */
  reasons: FitReason[];
}

/** Why a recording does not fit, or may not, in English and in figures. */
export interface FitReason {
  /** The channel; null where it is about all of them. */
  channel: string | null;
  /** What kind of thing was found: that of `values`. */
  kind: FitFinding["kind"];
  /** How much it weighs. */
  weight: FitVerdict;
  /** What training had. */
  expected: string;
  /** What the recording has. */
  found: string;
  /** What to do about it. */
  repair: string;
  /** All of it, as a sentence. */
  message: string;
  /** The figures. */
  values: FitFinding;
}

/** What is unlike training. */
export type FitFinding =
  | FoundUnit
  | FoundConverted
  | FoundOutside
  | FoundLevel
  | FoundRare
  | FoundConstant
  | FoundSteady
  | FoundMissing
  | FoundExchanged
  | FoundRate
  | FoundOtherPace
  | FoundLength
  | FoundPace
  | FoundRefused
  | FoundNoProfile
  | FoundNoWindows;

/** The recording states another unit. */
export interface FoundUnit {
  /** Its name. */
  kind: "unit";
  /** That of training. */
  trained: string;
  /** That of the recording. */
  stated: string;
}

/** The values are those of training times `scale` plus `offset`. */
export interface FoundConverted {
  /** Its name. */
  kind: "converted";
  /** What they are multiplied by. */
  scale: number;
  /** What is then added. */
  offset: number;
  /** The units of training and of the recording that are so converted, where there are some. */
  units?: [string, string];
}

/** Samples are outside of everything that was trained on. */
export interface FoundOutside {
  /** Its name. */
  kind: "outside";
  /** The lowest and the highest of training. */
  trained: [number, number];
  /** What a twentieth of the samples is below, and above. */
  found: [number, number];
  /** The share of the samples that is outside. */
  share: number;
}

/** The means of windows are elsewhere, though their samples are not. */
export interface FoundLevel {
  /** Its name. */
  kind: "level";
  /** The lowest and the highest mean of training. */
  trained: [number, number];
  /** The mean of most windows. */
  found: number;
}

/** Most windows are where few were in training. */
export interface FoundRare {
  /** Its name. */
  kind: "rare";
  /** Between these values were most of training. */
  trained: [number, number];
  /** The mean of most windows. */
  found: number;
  /** How many are beyond. */
  windows: number;
}

/** All samples are one value, or nearly. */
export interface FoundConstant {
  /** Its name. */
  kind: "constant";
  /** That value. */
  value: number;
  /** How many windows hold it. */
  windows: number;
  /** The most windows one behind the other that stood still in training. */
  longest: number;
}

/** Some windows stand still, and in training none did. */
export interface FoundSteady {
  /** Its name. */
  kind: "steady";
  /** How many. */
  windows: number;
  /** Of so many. */
  of: number;
}

/** Samples are missing that were there in training. */
export interface FoundMissing {
  /** Its name. */
  kind: "missing";
  /** The share that was missing in training. */
  trained: number;
  /** The share that is. */
  found: number;
}

/** The channel holds what another one should. */
export interface FoundExchanged {
  /** Its name. */
  kind: "exchanged";
  /** The other channel. */
  with: string;
}

/** Readings come at another rate. */
export interface FoundRate {
  /** Its name. */
  kind: "rate";
  /** Readings a second of training. */
  trained_hz: number;
  /** Those of the recording. */
  found_hz: number;
}

/** Readings of some windows come at another rate than those of most. */
export interface FoundOtherPace {
  /** Its name. */
  kind: "other_pace";
  /** Seconds from one reading to the next, in most windows. */
  usual_s: number;
  /** And in most of the others. */
  other_s: number;
  /** How many others. */
  windows: number;
  /** Of so many whose pace is known. */
  of: number;
  /** The line up to which the first of the others reaches. */
  line: number;
}

/** Windows have more samples than in training, or fewer. */
export interface FoundLength {
  /** Its name. */
  kind: "length";
  /** The fewest and the most of training. */
  trained: [number, number];
  /** Those of most windows. */
  found: number;
}

/** What happens takes more samples than in training, or fewer. */
export interface FoundPace {
  /** Its name. */
  kind: "pace";
  /** How many times more. */
  times: number;
}

/** Rows, or all of it, cannot be read for what is not that of the model. */
export interface FoundRefused {
  /** Its name. */
  kind: "refused";
  /** What is not. */
  refusal: "unit" | "rate" | "order" | "scale";
  /** What the reader says. */
  reason: string;
}

/** The file says nothing of its training. */
export interface FoundNoProfile {
  /** Its name. */
  kind: "no_profile";
}

/** There is no window to look at. */
export interface FoundNoWindows {
  /** Its name. */
  kind: "no_windows";
}

/** What a recording states that its numbers do not say. */
export interface StatedOptions {
  /** The unit of each channel's numbers, in the model's order; empty where none is stated. */
  units?: readonly string[];
}
