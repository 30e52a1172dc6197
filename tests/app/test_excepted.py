"""How much of what lists count is excepted."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app import excepted
from periderm.app.application import Application
from periderm.app.excepted import excepted_counts
from periderm.app.images import show_image
from periderm.model.exception import Exemption, Scope
from periderm.model.principal import LOCAL_ADMIN
from tests.scanned import DAY, digest


def exemption(app: Application, name: str, scope: Scope, *, days: int = 1) -> Exemption:
    """One that is in the store."""
    made = Exemption(id=name, reason="x", owner="ada", expires=app.clock.now() + days * DAY, scope=scope)
    app.store.put_exemption(made)
    return made


def test_lists_and_pages_agree(scanned: Application) -> None:
    """The image's own page says how many it hides."""
    counts = excepted_counts(scanned)
    for number in range(3):
        assert counts.of_image(digest(number)) == len(show_image(scanned, LOCAL_ADMIN, digest(number)).hidden_findings)
    assert counts.whole


def test_each_way_of_asking_finds_the_same(scanned: Application) -> None:
    """By vulnerability, by image and by package; what two exceptions hide counts once."""
    before = excepted_counts(scanned).ids
    exemption(scanned, "e1", Scope(findings=("CVE-2099-1001",)))
    by_name = excepted_counts(scanned)
    assert by_name.vulnerabilities["CVE-2099-1001"] == 3
    exemption(scanned, "e2", Scope(findings=("CVE-2099-100*",)))
    assert excepted_counts(scanned).vulnerabilities["CVE-2099-1001"] == 3
    exemption(scanned, "e3", Scope(digests=(digest(1),)))
    whole = excepted_counts(scanned)
    assert whole.of_image(digest(1)) == show_image(scanned, LOCAL_ADMIN, digest(1)).total
    assert before < by_name.ids < whole.ids


def test_what_is_over_hides_nothing(scanned: Application) -> None:
    """And without exceptions nothing is asked."""
    for each in scanned.store.exemptions():
        scanned.store.put_exemption(msgspec.structs.replace(each, expires=scanned.clock.now()))
    assert excepted_counts(scanned).ids == frozenset()


def test_where_there_is_too_much_it_is_said(scanned: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers are then at least."""
    monkeypatch.setattr(excepted, "MOST_LOOKED_AT", 2)
    monkeypatch.setattr(excepted, "_AT_ONCE", 1)
    exemption(scanned, "e", Scope(packages=("perl*",)))
    assert not excepted_counts(scanned).whole
