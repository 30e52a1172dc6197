// The keyboard: j k x X Enter c /. Letters typed into a field stay letters.

import { copy } from "./copy.ts";
import { one, target } from "./dom.ts";
import { toggle } from "./selection.ts";
import { current, leads } from "./walk.ts";

function act(key: string): boolean {
  const walk = current();
  const here = walk.row(walk.at);
  switch (key) {
    case "j":
    case "k":
      if (walk.length) walk.go(walk.at + (key === "j" ? 1 : -1));
      return true;
    case "x":
    case "X":
      toggle(walk.at, key === "X");
      return true;
    case "c": {
      const piece = here && one("[data-copy]", HTMLElement, here);
      if (piece) void copy(piece);
      return true;
    }
    case "/":
      (one("main input[type=search]", HTMLInputElement) ?? one(".find input", HTMLInputElement))?.focus();
      return true;
    default:
      return false;
  }
}

export function start(): void {
  document.addEventListener("keydown", (event) => {
    const field = target(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (field?.matches("input:not([type=checkbox]), select, textarea")) {
      if (event.key === "Escape") field.blur();
      return;
    }
    if (event.key === "Enter") {
      const there = current().at >= 0 && !field?.matches("button, a, summary, input") ? leads(current().row(current().at)) : "";
      if (there) location.href = there;
    } else if (act(event.key)) event.preventDefault();
  });
}
