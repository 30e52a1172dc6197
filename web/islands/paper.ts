// On paper everything is unfolded; afterwards what was folded is folded again.

import { all, target } from "./dom.ts";

let folded: HTMLDetailsElement[] = [];

/** The button needs scripts, so it shows itself only where there are some. */
export function dress(): void {
  for (const button of all("[data-print]", HTMLElement)) button.hidden = false;
}

export function start(): void {
  dress();
  document.addEventListener("click", (event) => {
    if (target(event)?.closest("[data-print]")) print();
  });
  addEventListener("beforeprint", () => {
    folded = all("main details", HTMLDetailsElement).filter((part) => !part.open);
    for (const part of folded) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of folded) part.open = false;
  });
}
