// The console's behaviour beside what the server has drawn: keyboard, copying, live news. Each part works without the
// others, and every page reads without this file. Nothing foreign is ever parsed as HTML except our own server's pages.

const body = document.body;

/** @returns {HTMLElement[]} What `j` and `k` walk over. */
const stops = () => [...document.querySelectorAll("tr[data-href], li[data-href]")];

// ---- copying ------------------------------------------------------------------------------------------------------
/** @param {HTMLElement} piece */
async function copy(piece) {
  try {
    await navigator.clipboard.writeText(piece.dataset.copy ?? piece.textContent ?? "");
  } catch {
    getSelection()?.selectAllChildren(piece); // without permission: select, so that Ctrl-C does it
    return;
  }
  piece.dataset.done = body.dataset.copied ?? "";
  piece.classList.add("done");
  setTimeout(() => piece.classList.remove("done"), 1200);
}

document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const piece = /** @type {HTMLElement | null} */ (target.closest("[data-copy]"));
  if (piece && !piece.closest("a") && !piece.closest("summary") && getSelection()?.isCollapsed) copy(piece);
});

// ---- keyboard -----------------------------------------------------------------------------------------------------
let at = -1;

/** @param {number} step */
function move(step) {
  const rows = stops();
  if (!rows.length) return;
  rows[at]?.classList.remove("at");
  at = Math.max(0, Math.min(rows.length - 1, at + step));
  rows[at].classList.add("at");
  rows[at].scrollIntoView({ block: "nearest" });
  /** @type {HTMLElement | null} */ (rows[at].querySelector("a"))?.focus({ preventScroll: true });
}

function select() {
  const box = /** @type {HTMLInputElement | null} */ (stops()[at]?.querySelector("input[type=checkbox]"));
  if (box) { box.checked = !box.checked; count(); }
}

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.matches("input:not([type=checkbox]), select, textarea")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  const acts = {
    j: () => move(1),
    k: () => move(-1),
    x: select,
    c: () => { const piece = stops()[at]?.querySelector("[data-copy]"); if (piece) copy(/** @type {HTMLElement} */ (piece)); },
    "/": () => /** @type {HTMLElement | null} */ (document.querySelector("input[type=search]"))?.focus(),
  };
  if (event.key === "Enter" && at >= 0 && !target.matches("button, a, summary, input")) {
    location.href = stops()[at].dataset.href ?? location.href;
  } else if (event.key in acts) {
    event.preventDefault();
    acts[/** @type {keyof typeof acts} */ (event.key)]();
  }
});

// ---- selection with bulk actions ----------------------------------------------------------------------------------
function count() {
  const bar = /** @type {HTMLElement | null} */ (document.querySelector(".bulk"));
  if (!bar) return;
  const n = document.querySelectorAll("tbody input[type=checkbox]:checked").length;
  bar.hidden = n === 0;
  const label = /** @type {HTMLElement} */ (bar.querySelector("[data-count]"));
  label.textContent = (label.dataset.count ?? "").replace("{n}", String(n));
}
document.addEventListener("change", (event) => {
  if (/** @type {HTMLElement} */ (event.target).matches("input[type=checkbox]")) count();
});

// A filter works at once; the button is for those without scripts.
document.querySelectorAll(".filters select").forEach((choice) => choice.addEventListener("change", () => /** @type {HTMLSelectElement} */ (choice).form?.requestSubmit()));
document.querySelectorAll(".filters").forEach((form) => form.addEventListener("submit", () => {
  for (const field of /** @type {HTMLFormElement} */ (form).elements) if ("value" in field && field.value === "") /** @type {HTMLInputElement} */ (field).disabled = true;
}));

// ---- times --------------------------------------------------------------------------------------------------------
const steps = /** @type {[string, number, number][]} */ ([["d", 86400, 1.5], ["h", 3600, 1.5], ["min", 60, 2], ["s", 1, 0]]);
function tick() {
  for (const piece of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("time[data-ms]"))) {
    const seconds = Math.max(0, (Date.now() - Number(piece.dataset.ms)) / 1000);
    const [unit, size] = /** @type {[string, number, number]} */ (steps.find(([, length, times]) => seconds >= length * times));
    const words = body.getAttribute(`data-ago-${unit}`) ?? "{n}";
    piece.textContent = words.replace("{n}", String(Math.floor(seconds / size)));
  }
}
setInterval(tick, 5000);

// ---- live ---------------------------------------------------------------------------------------------------------
const wanted = (body.dataset.live ?? "").split(" ").filter(Boolean);
const light = document.getElementById("live");
let sequence = Number(body.dataset.sequence ?? 0);
/** @type {EventSource | undefined} */ let source;
/** @type {Set<string>} */ const news = new Set();
/** @type {number | undefined} */ let soon;
let told = 0;

/** @param {{what: string, id: string}} change */
const concerns = (change) => wanted.includes(change.what) || wanted.includes(`${change.what}:${change.id}`);

/** Put what the server draws now in the place of what is shown; the place of the reader stays. */
async function redraw() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = document.getElementById("main"), fresh = next.getElementById("main");
  if (!main || !fresh) return;
  const open = stops()[at]?.dataset.href;
  const ticked = new Set([...document.querySelectorAll("tbody input:checked")].map((box) => /** @type {HTMLInputElement} */ (box).value));
  main.replaceChildren(...fresh.childNodes);
  sequence = Math.max(sequence, Number(next.body.dataset.sequence ?? 0));
  at = stops().findIndex((row) => row.dataset.href === open);
  stops()[at]?.classList.add("at");
  for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("tbody input[type=checkbox]"))) box.checked = ticked.has(box.value);
  news.clear();
  count();
}

/** Rows never move under the reader's eyes: news wait behind a line, except on the overview, which has none. */
function tell() {
  const line = /** @type {HTMLElement | null} */ (document.querySelector(".news"));
  if (!line) { redraw(); return; }
  const button = /** @type {HTMLElement} */ (line.querySelector("button"));
  const one = wanted.some((w) => w.includes(":"));
  button.textContent = one ? body.dataset.changed ?? "" : (body.dataset.new ?? "").replace("{n}", String(news.size));
  button.onclick = redraw;
  line.hidden = false;
}

function listen() {
  if (source || document.hidden || !light || !wanted.length) return;
  source = new EventSource(`/api/v1/events?after=${sequence}`);
  source.addEventListener("open", () => { light.className = "live on"; light.textContent = body.dataset.online ?? ""; });
  source.addEventListener("error", () => { light.className = "live off"; light.textContent = body.dataset.offline ?? ""; if (source?.readyState === EventSource.CLOSED) { hush(); setTimeout(listen, 5000); } });
  source.addEventListener("change", (event) => {
    sequence = Number(event.lastEventId);
    const change = JSON.parse(event.data);
    if (!concerns(change)) return;
    news.add(`${change.what} ${change.id}`);
    // Not a debounce: under a steady stream of changes that would never end.
    soon ??= setTimeout(() => { soon = undefined; told = Date.now(); tell(); }, Math.max(200, told + 1500 - Date.now()));
  });
  source.addEventListener("reset", redraw);
}

function hush() { source?.close(); source = undefined; }

// A browser keeps six connections to a host: pages that nobody looks at give theirs back.
document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
addEventListener("pagehide", hush);
listen();

// ---- a live tail of what is not in the store: asked again while somebody looks ------------------------------------
const pause = Number(body.dataset.poll || 0) * 1000;
const newest = () => /** @type {HTMLElement | null} */ (document.querySelector("tr[data-row]"))?.dataset.row;
let asking = false;

/** New rows are shown at once, unless the pointer or the keyboard is in the table: then they wait behind a line. */
async function ask() {
  if (document.hidden || asking || !light) return;
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    light.className = "live on"; light.textContent = body.dataset.online ?? "";
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const rows = [...next.querySelectorAll("tr[data-row]")].map((row) => /** @type {HTMLElement} */ (row).dataset.row);
    const fresh = rows.includes(newest()) ? rows.indexOf(newest()) : rows.length;
    const table = document.querySelector(".table:hover, .table:focus-within");
    const here = document.querySelector("table[data-refresh] tbody"), there = next.querySelector("table[data-refresh] tbody");
    const line = /** @type {HTMLElement | null} */ (document.querySelector(".news"));
    if (fresh && table && line) {
      const button = /** @type {HTMLElement} */ (line.querySelector("button"));
      button.textContent = (body.dataset.new ?? "").replace("{n}", fresh < rows.length ? String(fresh) : `${fresh}+`);
      button.onclick = redraw;
      line.hidden = false;
    } else if (fresh && here && there) {
      here.replaceChildren(...there.childNodes);
      if (line) line.hidden = true;
    } else if (fresh) redraw();
  } catch {
    light.className = "live off"; light.textContent = body.dataset.offline ?? "";
  } finally {
    asking = false;
  }
}
if (pause) { ask(); setInterval(ask, pause); }

// On a narrow screen the page's own name may lie beyond the edge of the navigation.
document.querySelector(".bar nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
