/**
 * Who would lose something by a reload. The page asks before an update is
 * applied, and the browser before the tab is closed.
 */

class Busy {
  #holders = $state.raw<readonly symbol[]>([]);

  /** Whether something runs that a reload would end. */
  get held(): boolean {
    return this.#holders.length > 0;
  }

  /** Says that something runs; what is returned says that it ended. */
  hold(): () => void {
    const holder = Symbol("holder");
    this.#set([...this.#holders, holder]);
    return () => {
      this.#set(this.#holders.filter((other) => other !== holder));
    };
  }

  /** Lets go of everything: the user agreed to lose it. */
  release(): void {
    this.#set([]);
  }

  #set(holders: readonly symbol[]): void {
    this.#holders = holders;
    // Only while it matters: a listener keeps the page out of the browser's cache.
    if (this.held) {
      addEventListener("beforeunload", ask);
    } else {
      removeEventListener("beforeunload", ask);
    }
  }
}

function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** What must not be interrupted without asking. */
export const busy = new Busy();
