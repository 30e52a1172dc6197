// Selection with bulk actions. What is selected is remembered by its id, so it holds when rows are drawn anew or not at all.

import { all, one, target, word } from "./dom.ts";
import { current } from "./walk.ts";

const BOXES = "tbody td.check input[type=checkbox]";
const MOST = 1000; // the server takes no more with one form
const chosen = new Set<string>();
let last = -1;

const box = (row: Element | null): HTMLInputElement | null => (row ? one("td.check input[type=checkbox]", HTMLInputElement, row) : null);

/** Rows that were just drawn show what is selected. */
export function show(rows: Iterable<Element>): void {
  for (const row of rows) {
    const tick = box(row);
    if (tick) tick.checked = chosen.has(tick.value);
  }
}

export function count(): void {
  const bar = one(".bulk", HTMLElement);
  if (!bar) return;
  bar.hidden = chosen.size === 0;
  const label = one("[data-count]", HTMLElement, bar);
  const said = chosen.size.toLocaleString(document.documentElement.lang);
  const full = chosen.size >= MOST ? ` · ${word("full", { n: said })}` : "";
  if (label) label.textContent = (label.dataset["count"] ?? "").replace("{n}", said) + full;
  for (const head of all("thead .check input", HTMLInputElement)) {
    const ticks = all(BOXES, HTMLInputElement);
    const ticked = ticks.filter((tick) => tick.checked).length;
    head.checked = ticks.length > 0 && ticked === ticks.length;
    head.indeterminate = ticked > 0 && ticked < ticks.length;
  }
}

function set(tick: HTMLInputElement, on: boolean): void {
  if (on && chosen.size < MOST) chosen.add(tick.value);
  else if (!on) chosen.delete(tick.value);
  tick.checked = chosen.has(tick.value);
}

/** The row `j` and `k` stand on; `range`: all from the one chosen before to this one. */
export function toggle(index: number, range: boolean): void {
  const tick = box(current().row(index));
  if (!tick) return;
  set(tick, range || !tick.checked);
  if (range) reach(index);
  last = index;
  count();
}

function reach(index: number): void {
  const [from, to] = last < index ? [last, index] : [index, last];
  for (let place = Math.max(0, from); place <= to; place += 1) {
    const tick = box(current().row(place));
    if (tick) set(tick, true);
  }
}

function clear(): void {
  chosen.clear();
  for (const tick of all(BOXES, HTMLInputElement)) tick.checked = false;
  count();
}

/** What only scripts can do gets its buttons from scripts: all rows at once, and none. */
export function dress(): void {
  const cell = one("table thead th.check", HTMLTableCellElement);
  if (cell && !cell.querySelector("input") && document.querySelector(BOXES)) {
    const head = document.createElement("input");
    head.type = "checkbox";
    head.title = head.ariaLabel = word("all");
    cell.replaceChildren(head);
  }
  const bar = one(".bulk", HTMLElement);
  if (bar && !bar.querySelector(".clear")) {
    const none = document.createElement("button");
    none.type = "button";
    none.className = "plain clear";
    none.textContent = word("none");
    bar.append(none);
  }
  for (const tick of all(`${BOXES}:checked`, HTMLInputElement)) chosen.add(tick.value); // the browser filled them in again
  count();
}

export function start(): void {
  document.addEventListener("click", (event) => {
    const piece = target(event);
    if (piece?.matches(".bulk .clear")) clear();
    if (!(piece instanceof HTMLInputElement) || !piece.matches(BOXES)) return;
    const place = current().place(piece.closest("tr") ?? piece);
    if (event.shiftKey && piece.checked && last >= 0 && place >= 0) reach(place);
    last = place;
    count();
  });
  document.addEventListener("change", (event) => {
    const piece = target(event);
    if (!(piece instanceof HTMLInputElement)) return;
    if (piece.matches("thead .check input")) for (const tick of all(BOXES, HTMLInputElement)) set(tick, piece.checked);
    else if (piece.matches(BOXES)) set(piece, piece.checked);
    else return;
    count();
  });
  // Selected rows that are not drawn go with the form all the same.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.querySelector(BOXES)) return;
    const drawn = new Set(all(BOXES, HTMLInputElement, form).map((tick) => tick.value));
    for (const old of all("input.undrawn", HTMLInputElement, form)) old.remove();
    for (const id of chosen) {
      if (drawn.has(id)) continue;
      const field = document.createElement("input");
      field.type = "hidden";
      field.className = "undrawn";
      field.name = "id";
      field.value = id;
      form.append(field);
    }
  });
  dress();
}
