/** Small choices that outlive a visit. A page without storage forgets them. */

/** The choice under a key, or null. */
export function kept(key: string): string | null {
  try {
    return localStorage.getItem(`senselm.${key}`);
  } catch {
    return null;
  }
}

/** Keeps a choice, or with null forgets it. */
export function keep(key: string, value: string | null): void {
  try {
    if (value === null) {
      localStorage.removeItem(`senselm.${key}`);
    } else {
      localStorage.setItem(`senselm.${key}`, value);
    }
  } catch {
    // Storage is blocked or full: the choice lasts for this visit.
  }
}
