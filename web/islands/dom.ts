// Asking the page, with types that hold: what is of another kind than expected is treated as missing.

export function one<E extends Element>(selector: string, kind: new () => E, within: ParentNode = document): E | null {
  const found = within.querySelector(selector);
  return found instanceof kind ? found : null;
}

export function all<E extends Element>(selector: string, kind: new () => E, within: ParentNode = document): E[] {
  return [...within.querySelectorAll(selector)].filter((piece): piece is E => piece instanceof kind);
}

/** The element that an event happened in, or null where it was none. */
export function target(event: Event): HTMLElement | null {
  return event.target instanceof HTMLElement ? event.target : event.target instanceof Element ? event.target.closest("*:not(svg *)") as HTMLElement | null : null;
}

/** A sentence that the server put on the body in the reader's language, with its `{n}` filled in. */
export function word(name: string, values: Readonly<Record<string, string | number>> = {}): string {
  return filled(document.body.getAttribute(`data-${name}`) ?? "", values);
}

export function filled(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
