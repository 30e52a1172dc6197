"""What baselines yield, as people meet it in a browser: hardening, slimming, resources, enforcing; and an incident on paper."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from periderm.engines.runtime.scene import SHOP
from periderm.model.asset import Container
from periderm.model.envelope import ScanResult
from periderm.model.event import EventFlag, EventKind
from tests import hardened, story
from tests.app.test_preview_history import Past
from tests.app.test_resource_uses import with_uses
from tests.correlate.test_slimming import FINDINGS, IMAGE, USED, use
from tests.e2e.conftest import Site
from tests.e2e.test_console import CONTRAST, WIDTH
from tests.story import INCIDENT_ID

pytestmark = pytest.mark.browser

BASE = f"/baselines/{SHOP.workload_id}"
PAGES = (
    f"{BASE}/harden",
    f"{BASE}/enforce",
    "/baselines/wkl-web/resources",
    f"/images/{IMAGE.digest}/slim",
    "/policies",
    "/exposure/shell",
    "/coverage",
)


QUIET = Past((1, EventKind.EXEC, hardened.NGINX, EventFlag(0), 5))  # the server was started five times


@pytest.fixture
def shop(site: Site) -> Site:
    """With a settled baseline, a scanned image that is watched, and a past."""
    story.tell(site.app)
    store = site.app.store
    running: Container = msgspec.structs.replace(SHOP, first_seen=site.app.clock.now(), last_seen=site.app.clock.now())
    with store.transaction():
        store.put_baselines([hardened.baseline()])
        store.put_assets([running])
        result = ScanResult(image_digest=IMAGE.digest, node_id="n", time=1, seconds=1.0, inventory=IMAGE, findings=FINDINGS)
        store.put_scan_result(result)
        store.put_files_in_use(use(*USED))
    with_uses(site.app)
    return site


@pytest.mark.parametrize(("language", "theme"), [("en-GB", "light"), ("zh-CN", "dark")])
def test_every_page_is_readable(shop: Site, language: str, theme: str) -> None:
    """AA contrast, no sideways scrolling from a phone to a wall, no complaint of the browser; unfolded too."""
    page = shop.open("/", color_scheme=theme, locale=language)
    for path in PAGES:
        page.goto(shop.url + path)
        page.evaluate("() => document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        for width in (360, 1280, 3840):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(WIDTH) <= 0, (path, width)
            assert page.evaluate(CONTRAST) == [], (path, width)
    assert shop.complaints == []


@pytest.mark.parametrize("history", [QUIET], indirect=True)
def test_enforcing_begins_with_its_proof_and_ends_by_a_button(shop: Site) -> None:
    """Shown, reasoned, done; listed with the way back; taken back."""
    page = shop.open(BASE)
    page.click("a.button:has-text('Enforce it?')")
    page.wait_for_selector("b:has-text('None of 1 programs that were started would have been blocked.')")
    page.fill("input[name=reason]", "its programs never change")
    page.click("button:has-text('Enforce it now')")
    page.wait_for_selector("h1:has-text('is enforced')")
    page.goto(shop.url + "/policies")
    row = page.locator("tr", has_text="baseline of shop")
    row.locator("input[name=reason]").fill("it was enough")
    row.locator("button").click()
    page.wait_for_selector("tr:has-text('baseline of shop')", state="detached")
    assert not any(policy.enforce_baseline for policy in shop.app.store.policies())
    assert shop.complaints == []


def test_files_are_kept_by_clicking(shop: Site, tmp_path: Path) -> None:
    """A seccomp profile, OpenVEX statements, and a whole incident; none is shown as a page."""
    for path, link, name in (
        (f"{BASE}/harden", "#form-seccomp a[download]", "shop-seccomp.json"),
        (f"/images/{IMAGE.digest}/slim", "a[download]", "shop-1.openvex.json"),
        (f"/incidents/{INCIDENT_ID}", "a[download][href$=export]", f"incident-{INCIDENT_ID}.json"),
    ):
        page = shop.open(path)
        with page.expect_download() as waiting:
            page.click(link)
        kept = tmp_path / name
        waiting.value.save_as(kept)
        assert waiting.value.suggested_filename == name
        assert json.loads(kept.read_text(encoding="utf-8"))


def test_an_incident_prints_whole(shop: Site) -> None:
    """On paper nothing is to be pressed or cut off, in the dark theme too; who printed it and from where stands on it."""
    page = shop.open(f"/incidents/{INCIDENT_ID}", color_scheme="dark")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    assert page.locator("header.bar, footer, main button:visible, main .button:visible").locator("visible=true").count() == 0
    assert page.locator(".only-print").is_visible()
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(WIDTH) <= 0
    cut = """() => [...document.querySelectorAll("main .mid, main td")].filter((e) => e.checkVisibility()
        && getComputedStyle(e).overflow === "hidden" && e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent)"""
    assert page.evaluate(cut) == []
    assert page.pdf().startswith(b"%PDF")


def test_a_reader_finds_the_printing_button(shop: Site) -> None:
    """It is there with scripts, and asks the browser to print; without scripts the browser's own command does."""
    page = shop.open(f"/incidents/{INCIDENT_ID}")
    page.evaluate("() => { window.print = () => { document.title = 'printed'; }; }")
    page.click("[data-print]")
    assert page.title() == "printed"
    plain = shop.open(f"/incidents/{INCIDENT_ID}", java_script_enabled=False)
    assert plain.locator("[data-print]").is_hidden()
    told = [link.get_attribute("href") or "" for link in plain.locator("a[download]").all()]
    assert [href.rpartition("/")[2] for href in told] == ["pdf", "export"]
