// Relative times that stay true while a page is open.

import { ago } from "./ago.ts";
import { all, word } from "./dom.ts";

const EVERY = 5000;

export function tick(within: ParentNode = document): void {
  const now = Date.now();
  for (const piece of all("time[data-ms]", HTMLElement, within)) {
    const { unit, n } = ago(Number(piece.dataset["ms"]), now);
    const words = word(`ago-${unit}`, { n });
    if (piece.textContent !== words) piece.textContent = words;
  }
}

export function start(): void {
  setInterval(() => tick(), EVERY);
}
