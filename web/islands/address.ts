// The address of a page as its state: what to ask the server for, and what to show in the bar. Pure.

import { RUN, type Ask } from "./chunks.ts";

/** Where the rows of a run are. Whatever else the address says (filters, order, language) stays. */
export function asked(page: string, ask: Ask): string {
  const url = new URL(page);
  url.searchParams.delete("cursor");
  url.searchParams.delete("skip");
  if ("skip" in ask) url.searchParams.set("skip", String(ask.skip));
  else if (ask.cursor) url.searchParams.set("cursor", ask.cursor);
  url.hash = "";
  return url.href;
}

/** The page's address while `first` is the topmost row: reading it again, also without scripts, begins with its run. */
export function placed(page: string, first: number): string {
  const url = new URL(page);
  const skip = Math.floor(first / RUN) * RUN;
  if (skip > 0) url.searchParams.set("skip", String(skip));
  else url.searchParams.delete("skip");
  return url.href;
}

/** Two addresses that show the same list, wherever in it. */
export function alike(one: string, other: string): boolean {
  return placed(one, 0) === placed(other, 0);
}
