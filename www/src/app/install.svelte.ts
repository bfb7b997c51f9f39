/** Offers to install the page where the browser lets a page offer it. */

/** What Chromium fires; no specification has it. */
interface InstallPrompt extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

class Install {
  #prompt = $state.raw<InstallPrompt | null>(null);

  constructor() {
    addEventListener("beforeinstallprompt", (event) => {
      // The page has a button of its own for it.
      event.preventDefault();
      this.#prompt = event as InstallPrompt;
    });
    addEventListener("appinstalled", () => {
      this.#prompt = null;
    });
  }

  /** Whether the page can be installed now. */
  get offered(): boolean {
    return this.#prompt !== null;
  }

  /** Asks the user; a prompt can be used once. */
  async ask(): Promise<void> {
    const prompt = this.#prompt;
    this.#prompt = null;
    await prompt?.prompt();
  }
}

/** Installing the page. */
export const install = new Install();
