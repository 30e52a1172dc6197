// A live tail of what is not in the store: asked again while somebody looks. New rows are shown at once, unless the pointer or
// the keyboard is in the table: then they wait behind a line.

import { all, one, word } from "./dom.ts";
import { drawn, lit, redraw, wait } from "./news.ts";

let asking = false;

const numbers = (page: ParentNode): string[] => all("tr[data-row]", HTMLElement, page).map((row) => row.dataset["row"] ?? "");

async function ask(): Promise<void> {
  if (document.hidden || asking) return;
  asking = true;
  try {
    const next = await drawn();
    lit(true);
    const rows = numbers(next);
    const known = rows.indexOf(numbers(document)[0] ?? "");
    const fresh = known < 0 ? rows.length : known;
    if (!fresh) return;
    const here = one("table[data-refresh] tbody", HTMLElement);
    const there = one("table[data-refresh] tbody", HTMLElement, next);
    const busy = document.querySelector(".table:hover, .table:focus-within");
    if (busy && wait(word("new", { n: known < 0 ? `${rows.length}+` : fresh }))) return;
    if (!here || !there) {
      await redraw();
      return;
    }
    here.replaceChildren(...there.childNodes);
    const line = one(".news", HTMLElement);
    if (line) line.hidden = true;
  } catch {
    lit(false);
  } finally {
    asking = false;
  }
}

export function start(): void {
  const pause = Number(document.body.dataset["poll"] ?? 0) * 1000;
  if (!pause) return;
  void ask();
  setInterval(() => void ask(), pause);
}
