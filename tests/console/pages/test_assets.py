"""Assets."""

from __future__ import annotations

from periderm.app.application import Application
from periderm.console.pages.assets import one, page
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.story import CONTAINER_ID, IMAGE_ID, NODE_ID


def test_all_kinds_are_listed(told: Application, ask: Asks) -> None:
    """Each with the detail that fits it."""
    said = texts(page(ask("/assets")))
    for words in ("container shop-web-1 running", "image localhost/shop/web:2.4", "node shop-01", "workload shop-web"):
        assert words in said


def test_a_container_leads_to_its_image_and_its_findings(told: Application, ask: Asks) -> None:
    """An unknown owner is called a gap."""
    text = one(ask("/assets/x", parts={"id": CONTAINER_ID}))
    assert f"/assets/{IMAGE_ID}" in {a.get("href") for a in all_of(text, "a")}
    assert "One incident, 4 findings." in texts(text)
    assert "not known: a coverage gap" in texts(one(ask("/assets/x", parts={"id": "con-cache"})))


def test_an_image_tells_what_it_holds(told: Application, ask: Asks) -> None:
    """Packages, executables, files, and what runs from it."""
    said = texts(one(ask("/assets/x", parts={"id": IMAGE_ID})))
    assert "3 packages · 3 executables · 8,120 files" in said
    assert "shop-web-3" in said


def test_a_node_shows_what_it_could_not_see(told: Application, ask: Asks) -> None:
    """With what to do about it."""
    said = texts(one(ask("/assets/x", parts={"id": NODE_ID})))
    assert "This kernel has no BPF LSM" in said
    assert "Boot with lsm=…,bpf." in said


def test_incidents_are_little_bars_with_words(told: Application, ask: Asks) -> None:
    """Of the container and of its image, each by day; nothing where nothing was."""
    text = page(ask("/assets"))
    assert text.count('aria-label="once in 14 days, 1 today"') == 4  # container, image, workload, node
