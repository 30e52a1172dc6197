// Filters that work at once, and an address without empty parts; the button is for those without scripts.

import { all, target } from "./dom.ts";

export function start(): void {
  document.addEventListener("change", (event) => {
    const field = target(event);
    if (field instanceof HTMLSelectElement && field.closest(".filters")) field.form?.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches(".filters")) return;
    for (const field of form.elements) {
      if ((field instanceof HTMLInputElement || field instanceof HTMLSelectElement) && field.value === "") field.disabled = true;
    }
  });
  // A page that comes back from the browser's memory has its fields again.
  addEventListener("pageshow", () => {
    for (const field of all(".filters input:disabled, .filters select:disabled", HTMLElement)) field.removeAttribute("disabled");
  });
}
