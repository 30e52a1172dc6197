"""Vulnerabilities: the list and one of them."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.console.pages.vulnerabilities import one, page
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.scanned import findings, tell_scans


@pytest.fixture
def scanned(told: Application) -> Application:
    """The shop's images were scanned."""
    tell_scans(told)
    return told


def test_the_list_is_by_priority(scanned: Application, ask: Asks) -> None:
    """And can be narrowed to what runs or what is exploited."""
    rows = [r["data-href"] for r in all_of(page(ask("/vulnerabilities")), "tr") if r.get("data-href")]
    assert rows[:2] == ["/vulnerabilities/CVE-2099-1001", "/vulnerabilities/CVE-2099-1006"]
    exploited = page(ask("/vulnerabilities", query={"state": "exploited"}))
    assert len([r for r in all_of(exploited, "tr") if r.get("data-href")]) == 2


def test_one_says_why_where_and_what_ends_it(scanned: Application, ask: Asks) -> None:
    """The reasons add up to the priority that is shown."""
    said = texts(one(ask("/vulnerabilities/x", parts={"id": "CVE-2099-1006"})))
    assert "In 3 images, one package; 2 containers run it now." in said
    assert "It is exploited in the wild." in said
    assert "10.0.1" in said
    v = next(f.vulnerability for f in findings(scanned.clock.now()) if f.package == "pillow")
    assert v is not None
    assert f"Priority {v.priority} of 100" in said
    assert abs(sum(r.points for r in v.reasons) - v.priority) < 0.11


def test_only_web_addresses_become_links(scanned: Application, ask: Asks) -> None:
    """An advisory is foreign: what it calls a reference may be a script."""
    finding = findings(scanned.clock.now())[0]
    references = ("javascript:alert(1)", "https://good.example/x")
    told = msgspec.structs.replace(finding.vulnerability, references=references, priority=100.0)
    scanned.store.put_findings([msgspec.structs.replace(finding, vulnerability=told, last_seen=finding.last_seen + 1)])
    text = one(ask("/vulnerabilities/x", parts={"id": finding.vulnerability.id}))
    targets = [a["href"] for a in all_of(text, "a")]
    assert "https://good.example/x" in targets
    assert not [t for t in targets if t.startswith("javascript")]
