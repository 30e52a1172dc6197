// Which of a list of choices is lit, as keys move over it. Pure.

/** The next place among `n` for a key; -1 is the field itself, above the first and below the last. */
export function moved(at: number, n: number, key: string): number {
  if (n === 0) return -1;
  if (key === "ArrowDown") return at + 1 >= n ? -1 : at + 1;
  if (key === "ArrowUp") return at === -1 ? n - 1 : at - 1;
  return at;
}

/** Whether an answer is still wanted: the field says what was asked. */
export function fresh(asked: { readonly text: string; readonly at: number }, now: { readonly text: string; readonly at: number }): boolean {
  return asked.text === now.text && asked.at === now.at;
}
