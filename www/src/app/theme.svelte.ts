/** Light or dark: as the system has it, or as the user chose. */

import { keep, kept } from "./storage.js";

/** What can be chosen. */
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
export type Scheme = "light" | "dark";

const KEY = "theme";
const system = matchMedia("(prefers-color-scheme: dark)");

class ThemeState {
  #choice = $state<Theme>(chosen());
  #systemDark = $state(system.matches);

  constructor() {
    system.addEventListener("change", (event) => {
      this.#systemDark = event.matches;
      this.#apply();
    });
    this.#apply();
  }

  /** What the user chose. */
  get choice(): Theme {
    return this.#choice;
  }

  /** What is shown; charts are drawn anew when it changes. */
  get scheme(): Scheme {
    if (this.#choice === "auto") {
      return this.#systemDark ? "dark" : "light";
    }
    return this.#choice;
  }

  choose(theme: Theme): void {
    this.#choice = theme;
    keep(KEY, theme === "auto" ? null : theme);
    this.#apply();
  }

  #apply(): void {
    const root = document.documentElement;
    root.dataset["theme"] = this.scheme;
    const page = getComputedStyle(root).getPropertyValue("--page").trim();
    document.querySelector('meta[name="theme-color"]')?.setAttribute("content", page);
  }
}

function chosen(): Theme {
  const choice = kept(KEY);
  return THEMES.find((theme) => theme === choice) ?? "auto";
}

/** The scheme of the page. */
export const theme = new ThemeState();
