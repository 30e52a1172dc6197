// Parts of a page that cost more than the page: `<section data-later="/address">` holds a link to the address, and gets what
// `#later` of that page holds once the section is near. Without this, or if it fails, the link stays.

export function start(): void {
  const waiting = document.querySelectorAll<HTMLElement>("section[data-later]");
  if (!("IntersectionObserver" in window)) return;
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting || !(entry.target instanceof HTMLElement)) continue;
        seen.unobserve(entry.target);
        void load(entry.target);
      }
    },
    { rootMargin: "400px" },
  );
  for (const section of waiting) seen.observe(section);
}

async function load(section: HTMLElement): Promise<void> {
  const place = section.querySelector<HTMLElement>(".later");
  const address = section.dataset["later"] ?? "";
  if (!place || !address.startsWith("/") || address.startsWith("//")) return;
  try {
    const answer = await fetch(address);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById("later");
    if (!part) return;
    place.replaceChildren(...part.childNodes);
    section.dataset["loaded"] = "";
  } catch {
    // The server is away: the link is still there.
  }
}
