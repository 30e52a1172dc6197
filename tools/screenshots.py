"""Makes the README's pictures from a running console, in a real Chromium: `screenshots.py SIGN_IN_LINK [--out DIR]`.

Shows what the server has; makes nothing up. Each picture stays under 300 KB, or the run fails.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
LARGEST = 300_000
WIDE, HIGH = 1280, 800
# name, path, theme, language, width, height. `INCIDENT` is the worst one that there is, `IMAGE` the worst image.
SHOTS: tuple[tuple[str, str, str, str, int, int], ...] = (
    ("overview", "/", "light", "en", WIDE, HIGH),
    ("incident", "INCIDENT", "light", "en", WIDE, 1000),
    ("incident-dark", "INCIDENT", "dark", "en", WIDE, 1000),
    ("incident.zh-CN", "INCIDENT", "light", "zh", WIDE, 1000),
    ("findings", "/findings?order=severity", "light", "en", WIDE, HIGH),
    ("assets", "/assets", "light", "en", WIDE, HIGH),
    ("gaps", "/gaps", "light", "en", WIDE, HIGH),
    ("images", "/images", "light", "en", WIDE, HIGH),
    ("image", "IMAGE", "light", "en", WIDE, 1000),
    ("vulnerabilities", "/vulnerabilities", "light", "en", WIDE, HIGH),
    ("coverage", "/coverage", "light", "en", WIDE, HIGH),
    ("events", "/events?live=1", "light", "en", WIDE, HIGH),
    ("phone", "INCIDENT", "light", "en", 360, 800),
)


def worst_incident(page: Page, base: str, about: str) -> str:
    """The path of the worst incident whose text holds `about`, '/' if there is none."""
    page.goto(f"{base}/incidents?order=severity&text={quote(about)}")
    row = page.query_selector("tr[data-href]")
    return (row.get_attribute("data-href") or "/") if row else "/"


def worst_image(page: Page, base: str) -> str:
    """The path of the image with the worst findings, '/' if there is none."""
    page.goto(f"{base}/images")
    row = page.query_selector("tr[data-href]")
    return (row.get_attribute("data-href") or "/") if row else "/"


def take(page: Page, base: str, out: Path, wanted: list[str], about: str) -> int:
    """Takes the wanted pictures (all if none is named); returns how many are too large."""
    places = {"INCIDENT": worst_incident(page, base, about), "IMAGE": worst_image(page, base)}
    too_large = 0
    for name, path, theme, language, width, height in SHOTS:
        if wanted and name not in wanted:
            continue
        page.set_viewport_size({"width": width, "height": height})
        address = places.get(path, path)
        page.goto(f"{base}{address}{'&' if '?' in address else '?'}theme={theme}&lang={language}")
        page.wait_for_selector(".live.on")
        target = out / f"{name}.png"
        page.screenshot(path=str(target))
        size = target.stat().st_size
        too_large += size > LARGEST
        print(f"{target}: {size} bytes")
    return too_large


def main() -> int:
    """Signs in once and takes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("link", help="a fresh sign-in link, as `periderm up` prints it")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--about", default="periderm-sample", help="which incident: a part of its text")
    parser.add_argument("names", nargs="*", help="only these pictures")
    options = parser.parse_args()
    parts = urlsplit(options.link)
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_page()
        page.goto(options.link)
        too_large = take(page, f"{parts.scheme}://{parts.netloc}", options.out, options.names, options.about)
        browser.close()
    return 1 if too_large else 0


if __name__ == "__main__":
    sys.exit(main())
