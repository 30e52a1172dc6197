"""When a page of the console is first painted, by the browser's own paint entries, with a cold cache over loopback, and what it
loads. A hundred thousand incidents are stored. The clock begins when the browser sets out for the page."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

COUNT = 100_000
ROUNDS = 9
PAGES = ("/", "/incidents", "/incidents?skip=50000", "/findings", "/triage", "/assets", "/images", "/coverage")
MEASURED = """() => new Promise((done) => {
  const tell = () => { const paint = performance.getEntriesByName('first-contentful-paint')[0];
    if (!paint) { requestAnimationFrame(tell); return; }
    const scripts = performance.getEntriesByType('resource').filter((e) => e.initiatorType === 'script');
    const page = performance.getEntriesByType('navigation')[0];
    done([paint.startTime, page.responseEnd, scripts.reduce((sum, e) => sum + e.decodedBodySize, 0), page.decodedBodySize]); };
  tell(); })"""


def main() -> int:
    """Prints a line a page; says so and returns 0 where there is no browser."""
    from tests import many
    from tests.e2e.conftest import ARGUMENTS, CHROMIUM, running
    from tools.build_assets import build

    if not Path(CHROMIUM).exists():
        print("paint: needs chromium: apt-get install chromium")
        return 0
    from playwright.sync_api import sync_playwright

    from periderm.console import assets

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        built = Path(folder) / "built"
        build(target=built)
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with running(Path(folder), browser, assets.load(built)) as site:
            many.tell_many(site.app, COUNT)
            print(f"paint: {COUNT:,} incidents, {ROUNDS} visits of each page, each with an empty cache; milliseconds")
            print(f"{'page':24} {'first paint, median':>20} {'worst':>7} {'answered':>9} {'page KiB':>9} {'script KiB':>11}")
            for path in PAGES:
                rows = []
                for _ in range(ROUNDS):
                    page = site.open("/sign-in")
                    context = page.context
                    page.goto("about:blank")
                    session = context.new_cdp_session(page)
                    session.send("Network.clearBrowserCache")
                    page.goto(site.app.settings.url + path)
                    rows.append(page.evaluate(MEASURED))
                    context.close()
                paint, answered = ([row[n] for row in rows] for n in (0, 1))
                print(
                    f"{path:24} {statistics.median(paint):20.0f} {max(paint):7.0f} {statistics.median(answered):9.0f}"
                    f" {rows[0][3] / 1024:9.0f} {rows[0][2] / 1024:11.0f}"
                )
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
