/** Which view is shown: the page's fragment says it, so that it can be linked. */

/** The views, in the order of the navigation. */
export const VIEWS = ["live", "batch", "models", "history"] as const;
export type View = (typeof VIEWS)[number];

class Router {
  #parts = $state.raw(parts());

  constructor() {
    addEventListener("hashchange", () => {
      this.#parts = parts();
    });
  }

  /** The view; an address that is none leads to the first. */
  get view(): View {
    return VIEWS.find((view) => view === this.#parts[0]) ?? VIEWS[0];
  }

  /** What stands behind the view: `#/history/ID` is `ID`. */
  get detail(): string | null {
    return this.#parts[1] ?? null;
  }

  /** The address of a view, for links. */
  to(view: View, detail?: string): string {
    return detail === undefined ? `#/${view}` : `#/${view}/${encodeURIComponent(detail)}`;
  }

  go(view: View, detail?: string): void {
    location.hash = this.to(view, detail);
  }
}

function parts(): string[] {
  return location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decoded);
}

/** An address that somebody typed may be no valid encoding. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The page's address. */
export const router = new Router();
