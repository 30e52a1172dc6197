// Which rows of a long list are held, and what has to be asked for to show some of them. Pure: fetches and draws nothing.
//
// The server hands rows out in runs. A run is asked for by the cursor that ended the one before (then nothing is shown
// twice or left out, whatever arrives meanwhile), or, in lists whose length is known, by how many rows to pass over.

export const RUN = 100;

export type Ask = { readonly run: number; readonly cursor: string } | { readonly run: number; readonly skip: number };

interface Run<Row> {
  readonly rows: readonly Row[];
}

export class Chunks<Row> {
  /** Held runs, the one least lately used first. */
  readonly #held = new Map<number, Run<Row>>();
  /** What a run begins with; known once the one before was here. '' is the list's own beginning. */
  readonly #cursors = new Map<number, string>([[0, ""]]);
  /** Lists without a length: the first row of each run that was here, and one more. */
  readonly #starts: number[] = [0];
  #total: number | null;
  #ended = false;

  /** `total`: rows of the list, null where nobody counted them: then rows come only one run after the other. `most`: runs that
   * are held; those used longest ago make room, and are asked for again when they are looked at. */
  constructor(total: number | null, readonly most = 60) {
    this.#total = total;
  }

  get jumps(): boolean {
    return this.#total !== null;
  }

  /** Rows that the list is known to have; without a total there is one more as long as it goes on. */
  get length(): number {
    return this.#total ?? (this.#starts.at(-1) ?? 0) + (this.#ended ? 0 : 1);
  }

  get runs(): number {
    return this.#held.size;
  }

  /** The run that holds a row. */
  run(row: number): number {
    if (this.jumps) return Math.floor(row / RUN);
    let run = this.#starts.length - 1;
    while (run > 0 && (this.#starts[run] ?? 0) > row) run -= 1;
    return run;
  }

  start(run: number): number {
    return this.jumps ? run * RUN : this.#starts[run] ?? this.length;
  }

  row(index: number): Row | undefined {
    const run = this.run(index);
    const held = this.#held.get(run);
    return held?.rows[index - this.start(run)];
  }

  /** What has to be asked for to show the rows from `first` to before `last`, the nearest first; marks what is used. */
  wants(first: number, last: number): Ask[] {
    const asks: Ask[] = [];
    const end = Math.min(last, this.length);
    for (let run = this.run(Math.max(0, first)); this.start(run) < end; run += 1) {
      const held = this.#held.get(run);
      if (held) {
        this.#held.delete(run);
        this.#held.set(run, held);
        continue;
      }
      const cursor = this.#cursors.get(run);
      if (cursor !== undefined) asks.push({ run, cursor });
      else if (this.jumps) asks.push({ run, skip: run * RUN });
      if (!this.jumps && run + 1 >= this.#starts.length) break;
    }
    return asks;
  }

  /** Takes what the server answered: the rows of a run, the cursor of the next ('' at the end), and the length it tells. */
  put(run: number, rows: readonly Row[], next: string, total: number | null = this.#total): void {
    this.#held.delete(run);
    this.#held.set(run, { rows });
    if (this.jumps) {
      if (total !== null) this.#total = total;
      if (next && rows.length === RUN) this.#cursors.set(run + 1, next);
    } else {
      const end = this.start(run) + rows.length;
      if (run === this.#starts.length - 1) {
        if (next || rows.length) this.#starts.push(end);
        this.#ended = next === "";
      }
      if (next) this.#cursors.set(run + 1, next);
    }
    for (const old of this.#held.keys()) {
      if (this.#held.size <= this.most) break;
      this.#held.delete(old);
    }
  }

  /** Every row that is held, with its place. */
  *rows(): Iterable<readonly [number, Row]> {
    for (const [run, held] of this.#held) for (const [offset, row] of held.rows.entries()) yield [this.start(run) + offset, row];
  }
}
