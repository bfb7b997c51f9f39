/** Finding and making elements. */

/** The element with this id, which the page is known to have. */
export function byId(id: string): HTMLElement {
  return find(id, HTMLElement);
}

/** As `byId`, of a certain kind. */
export function find<E extends HTMLElement>(id: string, kind: new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) {
    throw new Error(`the page lacks the ${kind.name} #${id}`);
  }
  return element;
}

/** A new element with a class and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) {
    element.className = className;
  }
  element.append(...children);
  return element;
}

/** Replaces the rows of a description list. */
export function describe(list: HTMLElement, rows: readonly (readonly [string, string])[]): void {
  list.replaceChildren(
    ...rows.map(([term, value]) => make("div", "", make("dt", "", term), make("dd", "", value))),
  );
}
