// What `j` and `k` walk over: the rows of the page's list, whether all of them are drawn or only those in sight.

import { all, one } from "./dom.ts";

export interface Walk {
  readonly length: number;
  /** The row walked to last, -1 before the first step. */
  at: number;
  /** The row as it is drawn, null while it is not. */
  row(index: number): HTMLElement | null;
  /** The place of a drawn row, -1 if it is none of the list. */
  place(row: Element): number;
  /** Walks there: marked, in sight, its link focused. */
  go(index: number): void;
}

export const ROWS = "tr[data-href], li[data-href], tr[data-row]";

/** Where a row leads. */
export function leads(row: HTMLElement | null): string {
  return row?.dataset["href"] ?? one("td a, a", HTMLAnchorElement, row ?? document.createElement("p"))?.href ?? "";
}

export function mark(row: HTMLElement | null): void {
  row?.classList.add("at");
  if (row) one("a", HTMLAnchorElement, row)?.focus({ preventScroll: true });
}

/** Rows that are all drawn. */
class Drawn implements Walk {
  at = -1;

  get #rows(): HTMLElement[] {
    return all(ROWS, HTMLElement);
  }

  get length(): number {
    return this.#rows.length;
  }

  row(index: number): HTMLElement | null {
    return this.#rows[index] ?? null;
  }

  place(row: Element): number {
    return row instanceof HTMLElement ? this.#rows.indexOf(row) : -1;
  }

  go(index: number): void {
    const rows = this.#rows;
    for (const row of rows) row.classList.remove("at");
    this.at = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[this.at] ?? null;
    row?.scrollIntoView({ block: "nearest" });
    mark(row);
  }
}

let walk: Walk = new Drawn();

export const current = (): Walk => walk;

/** Whose rows are walked from now on; null: all that are drawn. */
export function take(other: Walk | null): void {
  walk = other ?? new Drawn();
}
