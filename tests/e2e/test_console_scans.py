"""What scans found, as people meet it in a browser: images and their layers, vulnerabilities, packages, exceptions."""

from __future__ import annotations

import re

import msgspec
import pytest

from periderm.console.pages.exceptions import DAY, day
from periderm.model.envelope import ScanResult
from periderm.model.query import Query
from tests import scanned, story
from tests.e2e.conftest import Site
from tests.e2e.test_console import CONTRAST, WIDTH
from tests.ports.test_store_scans import package, scan
from tests.scanned import digest

pytestmark = pytest.mark.browser

PREVIEW = "/exceptions/preview?findings=CVE-2099-1001&reason=Behind+a+proxy&owner=ada&expires={day}"
PAGES = (
    "/images",
    f"/images/{digest(0)}",
    f"/images/{digest(3)}",
    f"/images/{digest(4)}",
    "/vulnerabilities",
    "/vulnerabilities/CVE-2099-1006",
    "/packages",
    "/packages?text=nowhere",
    "/exceptions",
    PREVIEW,
)


def in_days(site: Site, days: int) -> str:
    """A day from now as a form writes it."""
    return day(site.app.clock.now() + days * DAY)


def tell(site: Site) -> None:
    """The shop, and what scans of its images found."""
    story.tell(site.app)
    scanned.tell_scans(site.app)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_is_readable(site: Site, theme: str, language: str) -> None:
    """AA contrast, no sideways scrolling from a phone to a wall, no complaint of the browser; unfolded too."""
    tell(site)
    page = site.open("/", color_scheme=theme, locale="zh-CN" if language == "zh" else "en-GB")
    for path in PAGES:
        page.goto(site.url + path.format(day=in_days(site, 30)))
        page.evaluate("() => document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        for width in (360, 700, 1280, 3840):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(WIDTH) <= 0, (path, width)
            assert page.evaluate(CONTRAST) == [], (path, width)
    assert site.complaints == []


def test_from_the_list_to_the_layer_and_what_ends_it(site: Site) -> None:
    """The worst image, its picture, a layer's row, a vulnerability, where else it is."""
    tell(site)
    page = site.open("/images")
    page.locator("tr[data-href] a").first.click()
    page.locator(".layers a").nth(2).click()
    page.wait_for_url(re.compile("#layer-3$"))
    assert page.locator("#layer-3").inner_text().startswith("3")
    page.locator(".change a").first.click()
    page.wait_for_url(re.compile("/vulnerabilities/CVE-2099-1001$"))
    page.wait_for_selector("h2:has-text('Where it is: 3 places')")


def test_a_package_is_found_and_its_image_opened(site: Site) -> None:
    """By typing; the address can be sent to a colleague."""
    tell(site)
    page = site.open("/packages")
    page.fill("input[type=search]", "=lodash")
    page.press("input[type=search]", "Enter")
    page.wait_for_url(re.compile("text=%3Dlodash"))
    page.wait_for_selector("p:has-text('It is in 2 places.')")
    assert page.locator("tr[data-href]").count() == 2
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/images/"))
    page.wait_for_selector("#h-packages:has-text('one package')")


def test_an_exception_is_made_and_taken_back_without_scripts(site: Site) -> None:
    """From the vulnerability to the form, what it would hide, the button; what it hides is told; and removed again."""
    tell(site)
    page = site.open("/vulnerabilities/CVE-2099-1001", java_script_enabled=False)
    page.click("a.button:has-text('Make an exception')")
    page.wait_for_selector("input[name=findings][value='CVE-2099-1001']")
    page.fill("input[name=reason]", "Behind a proxy that filters it.")
    page.fill("input[name=owner]", "team-shop")
    page.fill("input[name=expires]", in_days(site, 30))
    page.click("button:has-text('Show what it would hide')")
    page.wait_for_selector("h1:has-text('It would hide 3 findings')")
    assert len(site.app.store.exemptions()) == 1
    page.click("button:has-text('Add the exception')")
    page.wait_for_selector("td:has-text('Behind a proxy')")
    assert {e.created_by for e in site.app.store.exemptions()} == {"user:ada"}
    page.goto(f"{site.url}/images/{digest(0)}")
    assert page.locator("#h-hidden").inner_text() == "2 findings are taken away by exceptions"
    page.goto(site.url + "/exceptions")
    page.locator("tr", has_text="Behind a proxy").locator("button").click()
    page.wait_for_selector("td:has-text('Behind a proxy')", state="detached")
    assert [e.id for e in site.app.store.exemptions()] == ["exc-perl"]


def test_an_image_that_is_scanned_again_says_so(site: Site) -> None:
    """A line above what is read, and nothing moves until it is pressed."""
    tell(site)
    page = site.open(f"/images/{digest(0)}")
    page.wait_for_selector(".live.on")
    told = msgspec.structs.replace(scanned.inventory(), packages=scanned.packages()[:3])
    again = ScanResult(image_digest=digest(0), node_id="n", time=5, seconds=1.0, findings=(), inventory=told)
    site.app.store.put_scan_result(again)
    page.wait_for_selector(".news button:has-text('changed')")
    page.click(".news button")
    page.wait_for_selector("#h-packages:has-text('3 packages')")
    assert site.complaints == []


def test_ten_thousand_packages_are_walked(site: Site) -> None:
    """By pages of a hundred, each drawn at once."""
    site.app.store.put_scan_result(scan(1, tuple(package(f"lib-{n:05}", f"1.{n}") for n in range(10_000))))
    page = site.open("/packages?text=lib-")
    assert "10,000" in page.locator(".lead-small").inner_text()
    assert 0 < page.locator("tr[data-href]").count() < 100  # those in sight: how they scroll is in test_console_tables
    plain = site.open("/packages?text=lib-", java_script_enabled=False)
    assert plain.locator("tr[data-href]").count() == 100
    plain.click("a[rel=next]")
    plain.wait_for_selector("tbody tr:first-child a:has-text('lib-00100')")
    assert site.app.store.packages(Query(text="lib-")).total == 10_000


def test_hostile_names_run_nowhere(site: Site) -> None:
    """An image whose every name is an attack: on its page, in the search, in the list."""
    bad = "\"><img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    told = msgspec.structs.replace(
        scan(1, (package(bad, bad, bad, path=bad, licence=bad, layer=bad),)).inventory, reference=bad, layers=(bad,)
    )
    site.app.store.put_scan_result(scan(1, inventory=told))
    page = site.open("/images")
    for path in (
        "/images",
        "/images/sha256:1",
        "/packages",
        "/packages?text=%22%3E%3Cscript%3E",
        "/exceptions?paths=%22%3E%3Cb%3E",
    ):
        page.goto(site.url + path)
        assert page.title() != "owned"
        assert page.locator("main img, main script, main b b").count() == 0
    assert site.complaints == []
