// Which rows of a long table are in sight. Pure: pixels in, numbers of rows out.

export interface Sight {
  /** First row that is in sight, and the one after the last. */
  readonly first: number;
  readonly last: number;
}

/** `top`: where the first row of the list lies, from the upper edge of what is seen (negative once it was scrolled away);
 * `from` and `to`: the edges between which rows can be read (a bar covers the rest); `height` of one row; all in pixels. */
export function sight(top: number, from: number, to: number, height: number, length: number): Sight {
  if (!(height > 0) || length <= 0) return { first: 0, last: 0 };
  const first = Math.floor((from - top) / height);
  const last = Math.ceil((to - top) / height);
  return { first: Math.max(0, Math.min(length, first)), last: Math.max(0, Math.min(length, last)) };
}

/** With some rows on both sides, so that a step of the wheel shows no hole. */
export function around(seen: Sight, margin: number, length: number): Sight {
  return { first: Math.max(0, seen.first - margin), last: Math.min(length, seen.last + margin) };
}

/** How far to scroll so that the row lies between the edges; 0 if it does. */
export function shift(row: number, top: number, from: number, to: number, height: number): number {
  const upper = top + row * height;
  if (upper < from) return upper - from;
  return upper + height > to ? upper + height - to : 0;
}
