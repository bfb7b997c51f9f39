/** The frame around the views. */

import type { Message } from "../message.js";

export default {
  skip: "Skip to the content",
  navigation: "Views",
  live: "Live",
  batch: "Files",
  models: "Models",
  history: "History",
  title: "{view} · senselm",
  settings: "Settings",
  language: "Language",
  theme: "Appearance",
  "theme.auto": "System",
  "theme.light": "Light",
  "theme.dark": "Dark",
  model: "Model: {name}",
  "model.loading": "Loading the model",
  "model.failed": "No model",
  "model.fallback": "{name} could not be loaded, so the bundled model is used. {reason}",
  "view.failed": "This view could not be loaded.",
  "view.retry": "Try again",
  private: "Readings and answers stay on this device. There is no telemetry.",
} satisfies Record<string, Message>;
