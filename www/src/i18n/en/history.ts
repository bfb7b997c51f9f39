/** The view of past runs. */

import type { Message } from "../message.js";

export default {
  title: "History",
  intro: "Runs that this device has kept. They are nowhere else.",
  empty: "No runs yet",
  "empty.text":
    "Every live session is kept here while it runs: its readings and its answers, also if the page is closed or crashes.",
  "empty.start": "Start a session",
  problem: "Runs cannot be kept",
  "problem.text":
    "The browser's database refuses: {reason}. Sessions work without it. A private window, blocked site data or a full disk can be why.",

  kept: "Kept on this device",
  used: "{used} of {limit}",
  limit: "Keep at most",
  "limit.hint": "The oldest runs go first.",
  clear: "Delete all",
  "clear.title": "Delete all runs?",
  "clear.text": {
    one: "{n} run and {size} of readings and answers are deleted for good. Export first what you still need.",
    other:
      "{n} runs and {size} of readings and answers are deleted for good. Export first what you still need.",
  },
  cleared: "All runs were deleted.",

  running: "Running",
  interrupted: "Interrupted",
  "interrupted.text":
    "The page was closed or crashed during this run. What was received up to a second before is here.",
  "dropped.text":
    "This run alone passed the limit, so its oldest {readings} readings and {answers} answers were let go.",
  readings: { one: "{n} reading", other: "{n} readings" },
  answers: { one: "{n} answer", other: "{n} answers" },

  "source.simulator": "Simulator",
  "source.mqtt": "MQTT",
  "source.serial": "Serial port",
  "source.bluetooth": "Bluetooth",
  "source.motion": "Motion sensors",
  "source.file": "File",

  back: "All runs",
  missing: "This run is not here any more",
  "missing.text": "It was deleted, or it made room for newer ones.",
  source: "Source",
  started: "Started",
  duration: "Duration",
  size: "Size",
  refresh: "Refresh",

  export: "Export",
  "export.readings": "Readings",
  "export.answers": "Answers",
  "export.failed": "The export failed: {reason}",
  csv: "CSV",
  json: "JSON",

  delete: "Delete run",
  "delete.title": "Delete this run?",
  "delete.text": "{size} of readings and answers are deleted for good.",
  deleted: "The run was deleted.",

  timeline: "What the model said",
  "timeline.text":
    "From the first answer to the last. A column has the colour of what was said most.",
  "timeline.values": "Estimated values, from the first answer to the last.",
  share: "Share of the answers",
  table: "Answers",
  time: "Time",
  answer: "Answer",
  certainty: "Certainty",
  anomaly: "Anomaly score",
  window: "Readings",
  range: "{start} to {end}",
  refused: "No answer: {reason}",
  more: { one: "Show {n} more", other: "Show {n} more" },
  none: "No window was answered in this run.",
} satisfies Record<string, Message>;
