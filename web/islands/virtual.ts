// A list of which only the rows in sight are drawn, so that a hundred thousand scroll like ten. The rows are the server's own:
// they are asked for as pages are, a run at a time, and nothing of them is made here.

import { asked, placed } from "./address.ts";
import { Chunks, RUN, type Ask } from "./chunks.ts";
import { all, one, word } from "./dom.ts";
import { around, shift, sight, type Sight } from "./geometry.ts";
import * as selection from "./selection.ts";
import { tick } from "./times.ts";
import { mark, take, type Walk } from "./walk.ts";

const MARGIN = 12;
const MOST_ROWS = 500_000; // browsers place nothing lower than some 16 million pixels; the server passes over no more either
const AT_ONCE = 2;
const SETTLED = 40; // ms; rows that only fly by are not asked for
const SAID = 300; // ms; a wait that is longer is told

const number = (n: number): string => n.toLocaleString(document.documentElement.lang);

export class Virtual implements Walk {
  at = -1;
  readonly #table: HTMLTableElement;
  readonly #body: HTMLTableSectionElement;
  readonly #rows: Chunks<HTMLTableRowElement>;
  readonly #places = new WeakMap<Element, number>();
  readonly #above = spacer();
  readonly #below = spacer();
  readonly #status: HTMLElement;
  readonly #trouble: HTMLElement;
  readonly #under = new Map<number, number>(); // runs that were asked for, and since when
  readonly #waiting = new Map<number, HTMLTableRowElement>();
  readonly #before: Map<number, HTMLTableRowElement>; // what is shown until the rows of now have come
  #height = 31;
  #failed = "";
  #timer = 0;
  #kept = 0;
  #frame = 0;
  #gone = false;

  /** `before`: rows that a reader looked at until now, by their places; each stays until another has come for its place. */
  constructor(table: HTMLTableElement, body: HTMLTableSectionElement, before: Map<number, HTMLTableRowElement>) {
    this.#table = table;
    this.#body = body;
    this.#before = before;
    const { total, next, skip } = table.dataset;
    this.#rows = new Chunks(total === undefined ? null : Math.min(Number(total), MOST_ROWS));
    this.#rows.put(this.#rows.jumps ? Number(skip ?? 0) / RUN : 0, this.#taken(body), next ?? "");
    this.#status = document.createElement("p");
    this.#status.className = "place";
    this.#trouble = document.createElement("p");
    this.#trouble.className = "place trouble";
    this.#trouble.setAttribute("role", "status");
    const pager = one(".pager", HTMLElement);
    if (pager) pager.hidden = this.#rows.jumps || !location.search.includes("cursor=");
    table.closest(".table")?.after(this.#status, this.#trouble);
    table.classList.add("virtual");
    body.replaceChildren(this.#above, this.#below);
    const { first, by, at } = remembered(Number(skip ?? 0));
    this.#draw({ first, last: Math.min(first + RUN, this.length) });
    this.#freeze();
    history.scrollRestoration = "manual";
    if (first > 0) scrollBy(0, this.#top() + first * this.#height + by - this.#from());
    this.at = at;
    this.render();
    addEventListener("scroll", this.#moved, { passive: true });
    addEventListener("resize", this.#resized);
  }

  get length(): number {
    return this.#rows.length;
  }

  row(index: number): HTMLTableRowElement | null {
    return this.#rows.row(index) ?? this.#before.get(index) ?? null;
  }

  place(row: Element): number {
    return this.#places.get(row) ?? -1;
  }

  go(index: number): void {
    this.row(this.at)?.classList.remove("at");
    this.at = Math.max(0, Math.min(this.length - 1, index));
    const by = shift(this.at, this.#top(), this.#from(), innerHeight - 32, this.#height);
    if (by) scrollBy(0, by);
    this.render();
    mark(this.row(this.at));
  }

  /** Takes what the server draws now; the reader's place in the list stays, and so does what is read where the server's page
   * ends, until the rest of it has come. */
  refresh(fresh: Document): boolean {
    const table = one("table[data-next]", HTMLTableElement, fresh);
    const body = table?.tBodies[0];
    if (!table || !body) return false;
    const own = one("table[data-next]", HTMLTableElement);
    if (!own?.tBodies[0]) return false;
    const place = this.#place();
    const read = new Map(all("tr:not(.space, .waiting)", HTMLTableRowElement, this.#body).map((row) => [this.place(row), row]));
    const focused = this.#body.contains(document.activeElement);
    this.stop();
    for (const name of ["total", "next", "skip"] as const) {
      const value = table.dataset[name];
      if (value === undefined) delete own.dataset[name];
      else own.dataset[name] = value;
    }
    own.tBodies[0].replaceChildren(...body.children);
    history.replaceState(place, "");
    const lead = one(".lead-small", HTMLElement);
    const said = one(".lead-small", HTMLElement, fresh);
    if (lead && said) lead.replaceChildren(...said.childNodes);
    const next = start(read);
    if (focused) mark(next?.row(next.at) ?? null);
    return true;
  }

  stop(): void {
    this.#gone = true;
    removeEventListener("scroll", this.#moved);
    removeEventListener("resize", this.#resized);
    clearTimeout(this.#timer);
    clearTimeout(this.#kept);
    this.#status.remove();
    this.#trouble.remove();
    take(null);
  }

  /** Draws what is in sight now, and asks for what is missing of it. */
  render(): void {
    if (this.#gone) return;
    const seen = this.#sight();
    this.#draw(around(seen, MARGIN, this.length));
    this.#tell(seen);
    const near = around(seen, RUN / 2, this.length);
    if (this.#rows.wants(near.first, near.last).length) this.#soon();
  }

  #top(): number {
    return this.#body.getBoundingClientRect().top;
  }

  /** The lower edge of what sticks to the top. */
  #from(): number {
    const head = this.#table.tHead?.rows[0]?.cells[0];
    if (!head || getComputedStyle(head).position !== "sticky") return 0;
    return parseFloat(getComputedStyle(head).top) + head.offsetHeight;
  }

  #sight(): Sight {
    return sight(this.#top(), this.#from(), innerHeight, this.#height, this.length);
  }

  #place(): Place {
    const { first } = this.#sight();
    return { first, by: this.#from() - this.#top() - first * this.#height, at: this.at };
  }

  #taken(body: HTMLTableSectionElement): HTMLTableRowElement[] {
    return [...body.rows].map((row) => document.adoptNode(row));
  }

  #draw(shown: Sight): void {
    const wanted: HTMLTableRowElement[] = [];
    for (let index = shown.first; index < shown.last; index += 1) {
      if (this.#rows.row(index)) this.#before.delete(index);
      const row = this.row(index) ?? this.#blank(index);
      row.ariaRowIndex = String(index + 2);
      row.classList.toggle("at", index === this.at);
      this.#places.set(row, index);
      wanted.push(row);
    }
    const stay = new Set<Element>(wanted);
    for (const row of [...this.#body.rows]) if (!stay.has(row) && row !== this.#above && row !== this.#below) row.remove();
    let before: Element | null = this.#above.nextElementSibling;
    const fresh: HTMLTableRowElement[] = [];
    for (const row of wanted) {
      if (row === before) before = before.nextElementSibling;
      else {
        this.#body.insertBefore(row, before);
        fresh.push(row);
      }
    }
    high(this.#above, shown.first * this.#height);
    high(this.#below, (this.length - shown.last) * this.#height);
    this.#table.ariaRowCount = this.#rows.jumps ? String(this.length + 1) : "-1";
    selection.show(fresh);
    for (const row of fresh) tick(row);
    if (fresh.length) selection.count();
  }

  /** Holds the place of a row that has not come. */
  #blank(index: number): HTMLTableRowElement {
    const offset = index % (2 * RUN);
    let row = this.#waiting.get(offset);
    if (!row) {
      row = document.createElement("tr");
      row.className = "waiting";
      const cell = row.insertCell();
      cell.colSpan = this.#table.tHead?.rows[0]?.cells.length ?? 1;
      cell.textContent = "…";
      this.#waiting.set(offset, row);
    }
    return row;
  }

  /** Columns do not change their width while rows come and go. */
  #freeze(): void {
    const heads = [...(this.#table.tHead?.rows[0]?.cells ?? [])];
    this.#table.classList.remove("frozen");
    for (const head of heads) head.style.width = "";
    const widths = heads.map((head) => head.getBoundingClientRect().width);
    heads.forEach((head, place) => (head.style.width = widths[place] ? `${widths[place]}px` : ""));
    this.#table.classList.add("frozen");
    const row = all("tr:not(.space, .waiting)", HTMLTableRowElement, this.#body)[0];
    const height = row?.getBoundingClientRect().height ?? 0;
    if (height > 0) this.#height = height;
  }

  #tell(seen: Sight): void {
    const values = { first: number(seen.first + 1), last: number(seen.last), total: number(this.length) };
    const more = Number(this.#table.dataset["total"] ?? 0) > MOST_ROWS ? ` ${word("most", { most: number(MOST_ROWS) })}` : "";
    this.#status.textContent = word(this.#rows.jumps ? "place" : "place-open", values) + more;
    // What lies beside it may take its time: nobody reads it yet.
    const missing = this.#rows.wants(seen.first, seen.last).length > 0;
    const slow = missing && [...this.#under.values()].some((since) => performance.now() - since > SAID);
    if (this.#failed) {
      if (this.#trouble.dataset["told"] !== this.#failed) {
        const again = document.createElement("button");
        again.type = "button";
        again.textContent = word("again");
        again.addEventListener("click", () => {
          this.#failed = "";
          this.#fetch();
          this.render();
        });
        this.#trouble.replaceChildren(`${word("unloaded")} (${this.#failed}) `, again);
      }
      this.#trouble.dataset["told"] = this.#failed;
    } else {
      this.#trouble.textContent = slow ? word("loading", values) : "";
      this.#trouble.dataset["told"] = "";
    }
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fetch(), SETTLED);
  }

  #fetch(): void {
    if (this.#gone || this.#failed) return;
    const seen = this.#sight();
    const near = around(seen, RUN / 2, this.length);
    // What is in sight comes before what lies beside it.
    const asks = [...this.#rows.wants(seen.first, seen.last), ...this.#rows.wants(near.first, near.last)];
    for (const ask of asks) if (!this.#under.has(ask.run) && this.#under.size < AT_ONCE) void this.#ask(ask);
  }

  async #ask(ask: Ask): Promise<void> {
    this.#under.set(ask.run, performance.now());
    const late = setTimeout(() => this.render(), SAID + 20);
    try {
      const answer = await fetch(asked(location.href, ask), { headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const table = one("table[data-next]", HTMLTableElement, page);
      const total = table?.dataset["total"];
      const rows = table?.tBodies[0] ? this.#taken(table.tBodies[0]) : [];
      const length = total === undefined ? null : Math.min(Number(total), MOST_ROWS);
      // A page without rows is the end of the list: what it counts now is as far as it goes.
      this.#rows.put(ask.run, rows, table?.dataset["next"] ?? "", table ? length : this.#rows.jumps ? this.#rows.start(ask.run) : null);
      this.#failed = "";
    } catch (error) {
      this.#failed = error instanceof Error ? error.message : String(error);
    } finally {
      clearTimeout(late);
      this.#under.delete(ask.run);
    }
    this.render();
    if (document.activeElement === document.body) mark(this.#drawn(this.at));
  }

  #drawn(index: number): HTMLElement | null {
    const row = this.row(index);
    return row?.isConnected ? row : null;
  }

  readonly #moved = (): void => {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.render());
    clearTimeout(this.#kept);
    this.#kept = setTimeout(() => this.#keep(), 250);
  };

  readonly #resized = (): void => {
    const { first } = this.#sight();
    this.#freeze();
    this.render();
    scrollBy(0, this.#top() + first * this.#height - this.#from());
    this.render();
  };

  /** The address bar tells the place, so that a reload, a colleague and a browser without scripts begin there. */
  #keep(): void {
    if (this.#gone) return;
    const place = this.#place();
    history.replaceState(place, "", this.#rows.jumps ? placed(location.href, place.first) : location.href);
  }
}

/** Where the reader is: the topmost row, how many pixels of it are covered, and the row walked to. */
interface Place {
  readonly first: number;
  readonly by: number;
  readonly at: number;
}

/** What the browser's history kept for this page, as a number each; whatever else put something there. */
function remembered(first: number): Place {
  const state: unknown = history.state;
  const kept = new Map<string, unknown>(typeof state === "object" && state !== null ? Object.entries(state) : []);
  const number = (name: string, otherwise: number): number => {
    const value = kept.get(name);
    return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
  };
  return { first: number("first", first), by: number("by", 0), at: number("at", -1) };
}

function spacer(): HTMLTableRowElement {
  const row = document.createElement("tr");
  row.className = "space";
  row.ariaHidden = "true";
  row.insertCell().colSpan = 100;
  return row;
}

function high(row: HTMLTableRowElement, pixels: number): void {
  row.hidden = pixels <= 0;
  const cell = row.cells[0];
  if (cell) cell.style.height = `${Math.max(0, pixels)}px`;
}

let shown: Virtual | null = null;

/** The page's list, if it goes on beyond what was drawn; null leaves the pages of the server as they are. */
export function start(before = new Map<number, HTMLTableRowElement>()): Virtual | null {
  shown = null;
  const table = one("table[data-next]", HTMLTableElement);
  const body = table?.tBodies[0];
  const { next, total, skip } = table?.dataset ?? {};
  if (!table || !body || document.body.dataset["poll"]) return null;
  if (!next && !Number(skip ?? 0)) return null; // all of it is here
  // Behind a cursor nobody knows how many rows lie above: such a page stays one of the server's.
  if (total !== undefined && new URL(location.href).searchParams.has("cursor")) return null;
  shown = new Virtual(table, body, before);
  take(shown);
  return shown;
}

export const list = (): Virtual | null => shown;
