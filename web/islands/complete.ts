// Names of fields and values are offered while a search is typed. Without this file the field works as a field.

import { fresh, moved } from "./choices.ts";
import { all } from "./dom.ts";

interface Choice {
  readonly text: string;
  readonly caret: number;
  readonly label: string;
  readonly meaning: readonly [string, string];
}

const PAUSE = 120;
let count = 0;

function attach(field: HTMLInputElement): void {
  const list = document.createElement("ul");
  list.id = `choices-${++count}`;
  list.className = "choicelist";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.getAttribute("aria-label") ?? field.placeholder);
  list.hidden = true;
  field.after(list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-controls", list.id);
  let choices: readonly Choice[] = [];
  let at = -1;
  let soon = 0;

  const light = (): void => {
    for (const [n, item] of [...list.children].entries()) item.setAttribute("aria-selected", String(n === at));
    if (at >= 0) field.setAttribute("aria-activedescendant", `${list.id}-${at}`);
    else field.removeAttribute("aria-activedescendant");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const close = (): void => {
    list.hidden = true;
    list.ariaBusy = null;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    at = -1;
  };
  const take = (choice: Choice): void => {
    field.value = choice.text;
    field.setSelectionRange(choice.caret, choice.caret);
    field.focus();
    close();
    later();
  };
  const show = (found: readonly Choice[]): void => {
    choices = found;
    at = -1;
    list.replaceChildren(...found.map((choice, n) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${n}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const name = document.createElement("code");
      name.textContent = choice.label;
      item.append(name, ` ${choice.meaning[document.documentElement.lang.startsWith("zh") ? 1 : 0]}`);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(choice); });
      return item;
    }));
    list.hidden = found.length === 0;
    list.ariaBusy = null;
    field.setAttribute("aria-expanded", String(found.length > 0));
  };
  const ask = async (): Promise<void> => {
    const asked = { text: field.value, at: field.selectionStart ?? field.value.length };
    const told = new URLSearchParams({ q: asked.text, at: String([...asked.text.slice(0, asked.at)].length) });
    if (field.dataset["complete"]) told.set("list", field.dataset["complete"]);
    try {
      const answer = await fetch(`/api/v1/search/complete?${told}`, { headers: { accept: "application/json" } });
      const found = answer.ok ? (await answer.json() as Choice[]) : [];
      if (document.activeElement !== field) return;
      if (fresh(asked, { text: field.value, at: field.selectionStart ?? 0 })) show(found);
      else later(); // the caret moved on meanwhile
    } catch {
      close(); // what is typed can be searched all the same
    }
  };
  // Until the answer is here, what is offered belongs to what was typed before: no key takes it, or letters would be lost.
  const later = (): void => {
    list.ariaBusy = "true";
    clearTimeout(soon);
    soon = window.setTimeout(() => void ask(), PAUSE);
  };
  field.addEventListener("input", later);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden || (list.ariaBusy && event.key !== "Escape")) {
      if (event.key === "ArrowDown") { if (list.hidden) later(); event.preventDefault(); }
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at = moved(at, choices.length, event.key);
      light();
      event.preventDefault();
    } else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) {
      const choice = choices[at];
      if (choice) take(choice);
      event.preventDefault();
    } else if (event.key === "Escape") {
      close();
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

export function start(): void {
  for (const field of all("input[data-complete]", HTMLInputElement)) attach(field);
}
