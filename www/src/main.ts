/** Starts the app: its language first, so that nothing is shown in another. */

import { mount } from "svelte";
import App from "./App.svelte";
import { locale } from "./i18n/index.svelte.js";
import { active } from "./models/active.svelte.js";

async function start(): Promise<void> {
  const target = document.getElementById("app");
  if (!target) {
    throw new Error("the page has no element #app");
  }
  // The model is on its way while the page is put together.
  active.restore();
  await locale.restore();
  mount(App, { target });
}

void start();
