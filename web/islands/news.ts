// Live: what the server says has changed waits behind a line while somebody reads, and is drawn by the server.

import { all, one, word } from "./dom.ts";
import * as paper from "./paper.ts";
import * as selection from "./selection.ts";
import * as virtual from "./virtual.ts";
import { current, ROWS } from "./walk.ts";

interface Change {
  readonly what: string;
  readonly id: string;
}

const body = document.body;
const wanted = (body.dataset["live"] ?? "").split(" ").filter(Boolean);
const light = document.getElementById("live");
const news = new Set<string>();
let sequence = Number(body.dataset["sequence"] ?? 0);
let source: EventSource | undefined;
let soon: ReturnType<typeof setTimeout> | undefined;
let told = 0;

export function lit(on: boolean): void {
  if (!light) return;
  light.className = on ? "live on" : "live off";
  light.textContent = word(on ? "online" : "offline");
}

/** The page as the server draws it now. Throws where there is no answer. */
export async function drawn(): Promise<Document> {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Puts what the server draws now in the place of what is shown; the place of the reader and the selection stay. */
export async function redraw(): Promise<void> {
  const next = await drawn().catch(() => null);
  if (!next) return;
  const main = document.getElementById("main");
  const fresh = next.getElementById("main");
  if (!main || !fresh) return;
  sequence = Math.max(sequence, Number(next.body.dataset["sequence"] ?? 0));
  news.clear();
  if (virtual.list()?.refresh(next)) {
    const line = one(".news", HTMLElement);
    if (line) line.hidden = true;
    return;
  }
  const walk = current();
  const open = walk.row(walk.at)?.dataset["href"];
  virtual.list()?.stop();
  main.replaceChildren(...fresh.childNodes);
  virtual.start();
  const again = current();
  again.at = all(ROWS, HTMLElement).findIndex((row) => open !== undefined && row.dataset["href"] === open);
  again.row(again.at)?.classList.add("at");
  selection.show(all("tbody tr", HTMLElement));
  selection.dress();
  paper.dress();
}

/** The line lies over the head of the table, so that no row moves when it comes. A page without one is drawn at once. */
export function wait(words: string): boolean {
  const line = one(".news", HTMLElement);
  const button = line && one("button", HTMLButtonElement, line);
  if (!line || !button) return false;
  button.textContent = words;
  button.onclick = () => void redraw();
  line.hidden = false;
  return true;
}

function tell(): void {
  const single = wanted.some((name) => name.includes(":"));
  if (!wait(single ? word("changed") : word("new", { n: news.size }))) void redraw();
}

const concerns = (change: Change): boolean => wanted.includes(change.what) || wanted.includes(`${change.what}:${change.id}`);

function listen(): void {
  if (source || document.hidden || !light || !wanted.length) return;
  source = new EventSource(`/api/v1/events?after=${sequence}`);
  source.addEventListener("open", () => lit(true));
  source.addEventListener("error", () => {
    lit(false);
    if (source?.readyState !== EventSource.CLOSED) return;
    hush();
    setTimeout(listen, 5000);
  });
  source.addEventListener("change", (event: MessageEvent<string>) => {
    sequence = Number(event.lastEventId);
    const change = JSON.parse(event.data) as Change; // our own server's, of this form
    if (!concerns(change)) return;
    news.add(`${change.what} ${change.id}`);
    // Not a debounce: under a steady stream of changes that would never end.
    soon ??= setTimeout(() => {
      soon = undefined;
      told = Date.now();
      tell();
    }, Math.max(200, told + 1500 - Date.now()));
  });
  source.addEventListener("reset", () => void redraw());
}

function hush(): void {
  source?.close();
  source = undefined;
}

export function start(): void {
  // A browser keeps six connections to a host: pages that nobody looks at give theirs back.
  document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
  addEventListener("pagehide", hush);
  addEventListener("pageshow", listen);
  listen();
}
