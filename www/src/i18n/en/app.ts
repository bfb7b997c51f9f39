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
  install: "Install",
  "install.text": "As an app it has its own window and icon. It works offline either way.",
  version: "Version {version}",
  "update.ready": "A new version is ready.",
  "update.elsewhere": "Another tab has updated the page.",
  "update.apply": "Update and reload",
  "update.later": "Later",
  "update.busy": "End the session for the update?",
  "update.busy.text":
    "Something is running, and reloading ends it. What was recorded so far stays in the history.",
  private: "Readings and answers stay on this device. There is no telemetry.",
} satisfies Record<string, Message>;
