"""Every page of the console before an automated check of WCAG 2.2 AA (axe-core), in both languages and themes.

Automatic checks find perhaps half of what hinders people; keyboard walks, and tables beside pictures, have tests elsewhere.
"""

from __future__ import annotations

import importlib.resources

import msgspec
import pytest

from periderm.model.notice import Channel, Destination
from periderm.server.page_table import PAGES
from tests import scanned, story
from tests.app.test_resource_uses import with_uses
from tests.baseline_story import tell_baselines
from tests.correlate.test_slimming import use
from tests.e2e.conftest import Site
from tests.scanned import digest
from tests.server.test_page_table import address

pytestmark = pytest.mark.browser

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CHECK = """async (levels) => (await axe.run(document, {runOnly: levels, resultTypes: ["violations"]})).violations
    .map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`)"""


def tell(site: Site) -> None:
    """Something on every page."""
    story.tell(site.app)
    scanned.tell_scans(site.app)
    tell_baselines(site.app)
    with_uses(site.app)
    site.app.store.put_destination(Destination(name="ops", channel=Channel.SLACK, secret="env:HOOK"))
    site.app.store.put_files_in_use(msgspec.structs.replace(use("usr/bin/perl"), image_digest=digest(0)))


@pytest.mark.parametrize(("language", "theme"), [("en-GB", "light"), ("zh-CN", "dark")])
def test_every_page_passes(site: Site, language: str, theme: str) -> None:
    """With something on it, folded and unfolded; and before signing in."""
    axe = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    tell(site)
    page = site.open("/", locale=language, color_scheme=theme)
    found: dict[str, list[str]] = {}
    for path, _ in PAGES:
        answer = page.goto(site.url + address(path))
        assert answer is not None
        page.evaluate("() => document.querySelectorAll('details:not(.why)').forEach((d) => { d.open = true; })")
        page.evaluate(axe)
        if bad := page.evaluate(CHECK, LEVELS):
            found[path] = bad
    stranger = site.open("/", signed=False, locale=language, color_scheme=theme)
    stranger.evaluate(axe)
    assert stranger.evaluate(CHECK, LEVELS) == []
    assert not found, "\n".join(f"{path}: {line}" for path, lines in found.items() for line in lines)
