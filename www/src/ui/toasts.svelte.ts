/** Short messages that come up over any view, and go. */

import { untrack } from "svelte";

/** How long one without an action stays, in milliseconds. */
const STAYS_MS = 6000;

export interface Toast {
  tone?: "info" | "good" | "warn" | "bad";
  text: string;
  /** With an action the message stays until it is used or dismissed. */
  action?: { text: string; run: () => void };
}

interface Shown extends Toast {
  id: number;
}

class Toasts {
  #shown = $state.raw<readonly Shown[]>([]);
  #next = 0;

  get shown(): readonly Shown[] {
    return this.#shown;
  }

  /** Shows a message; what is returned takes it away. */
  show(toast: Toast): () => void {
    const id = this.#next++;
    // An effect that shows one must not run again because of it.
    const others = untrack(() => this.#shown);
    // What was said already is not said twice.
    this.#shown = [...others.filter(({ text }) => text !== toast.text), { ...toast, id }];
    const dismiss = () => {
      this.dismiss(id);
    };
    if (!toast.action) {
      setTimeout(dismiss, STAYS_MS);
    }
    return dismiss;
  }

  dismiss(id: number): void {
    this.#shown = untrack(() => this.#shown).filter((shown) => shown.id !== id);
  }
}

/** The messages over the page. */
export const toasts = new Toasts();
