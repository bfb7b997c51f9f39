/**
 * The views. The first is part of the page; the others are loaded when they are
 * opened, and the service worker has them from the first visit on.
 *
 * A view is taken away when another one is opened: what has to go on meanwhile,
 * a session say, lives in a module and not in a component.
 */

import type { Component } from "svelte";
import LiveView from "../live/LiveView.svelte";
import type { View } from "./router.svelte.js";

/** Loads a view. */
export const views: Record<View, () => Promise<{ default: Component }>> = {
  live: () => Promise.resolve({ default: LiveView }),
  batch: () => import("../batch/BatchView.svelte"),
  models: () => import("../models/ModelsView.svelte"),
  history: () => import("../history/HistoryView.svelte"),
};
