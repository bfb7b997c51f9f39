/** Whether a recording or a source is of the kind that the model was trained on. */

import type { Message } from "../message.js";

export default {
  title: "Does it fit the model?",
  looking: "Looking whether it fits what the model was trained on…",
  yes: "It fits what the model was trained on.",
  unsure: "Look at this before you trust an answer",
  no: "It does not fit the model: its answers would mean nothing",
  unknown: "Whether it fits cannot be known",
  beginning: {
    one: "Looked at the first {n} window.",
    other: "Looked at the first {n} windows.",
  },
  channel: "{channel}: {text}",

  unit: "the recording is in {stated}, and the model was trained on {trained}. Convert the values.",
  units: "the values look like {found}, and the model was trained on {trained}. Convert them.",
  scaled:
    "the values look like those of training times {scale} plus {offset}. See which unit they are in.",
  outside:
    "{share} of the values are outside of all that the model was trained on ({low} to {high}): most are between {from} and {to}. See that sensor and unit are those of training.",
  level:
    "windows lie around {found}, and in training between {low} and {high}. See that sensor and unit are those of training.",
  rare: "windows lie around {found}, where there were few in training (mostly {low} to {high}).",
  constant: {
    one: "it is {value} in the only window. See that the sensor is alive.",
    other: "it is {value} in all {n} windows. See that the sensor is alive.",
  },
  steady:
    "it stands still in {windows} windows of {of}, and did in none of training. See that the sensor is alive.",
  missing:
    "{found} of the samples are missing, and {trained} were in training. See that the sensor is there.",
  exchanged: "it holds what {with} had in training. Exchange the two columns.",
  rate: "{found} readings a second, and the model was trained on {trained}. Record or resample at that rate.",
  other_pace:
    "in {windows} windows of {of} there are {other} readings a second instead of {usual}, first up to line {line}. Cut the recording where its rate changes.",
  length: "windows have {found} samples, and had {low} to {high} in training.",
  pace: "what happens takes {times} times the samples of training. See that readings come at the rate of training.",
  "refused.unit": "rows were left out for their unit. Convert the values, or name their unit.",
  "refused.rate":
    "rows were left out for their rate or length. Record or resample at the rate of training.",
  "refused.order": "rows were left out because time runs backwards. Sort the rows by time.",
  "refused.scale":
    "rows were left out because no sensor has such values. See that these are readings.",
  "repair.converted": "Convert these values",
  "repair.exchanged": "Exchange the columns",
  converting: "Values are converted before they are answered: {channels}.",
  unconvert: "Take them as they are",
  no_profile:
    "the model's file does not say what it was trained on. Train it again with this version of senselm.",
  no_windows: "there is no whole window. Give a longer recording.",
} satisfies Record<string, Message>;
