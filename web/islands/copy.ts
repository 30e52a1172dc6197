// Copying on click: the whole text, not only what fits the column.

import { target } from "./dom.ts";

export async function copy(piece: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(piece.dataset["copy"] ?? piece.textContent ?? "");
  } catch {
    getSelection()?.selectAllChildren(piece); // without permission: select, so that Ctrl-C does it
    return;
  }
  piece.dataset["done"] = document.body.dataset["copied"] ?? "";
  piece.classList.add("done");
  setTimeout(() => piece.classList.remove("done"), 1200);
}

export function start(): void {
  document.addEventListener("click", (event) => {
    const piece = target(event)?.closest("[data-copy]");
    if (piece instanceof HTMLElement && !piece.closest("a, summary") && getSelection()?.isCollapsed) void copy(piece);
  });
}
