"""What is told of a vulnerability."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.vulnerabilities import list_vulnerabilities, show_vulnerability
from periderm.model.errors import DeniedError, NotFoundError
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.query import Query
from tests.scanned import digest


def test_the_most_urgent_comes_first(scanned: Application) -> None:
    """What is exploited, before what is merely severe."""
    found = list_vulnerabilities(scanned, LOCAL_ADMIN, Query()).items
    assert [v.id for v in found[:2]] == ["CVE-2099-1001", "CVE-2099-1006"]
    assert [v.priority for v in found] == sorted((v.priority for v in found), reverse=True)


def test_where_it_is_and_what_ends_it(scanned: Application) -> None:
    """Images, packages, containers that run it, the fix."""
    story = show_vulnerability(scanned, LOCAL_ADMIN, "CVE-2099-1007")
    assert {p.image.digest for p in story.places.items if p.image} == {digest(0), digest(2)}
    assert [(f.package, f.version, f.fixed_in, f.places) for f in story.fixes] == [("lodash", "4.17.15", "4.17.21", 2)]
    assert [c.name for c in story.containers] == ["shop-0-1", "shop-0-2"]
    assert story.details.reasons
    assert story.hidden == ()


def test_exceptions_of_its_places_are_named(scanned: Application) -> None:
    """With how many findings each hides."""
    story = show_vulnerability(scanned, LOCAL_ADMIN, "CVE-2099-1004")
    assert [(h.exemption.id, len(h.hides)) for h in story.hidden] == [("exc-perl", 3)]
    assert story.places.total == 3


def test_what_nobody_found_is_told(scanned: Application) -> None:
    """Also an empty name."""
    for name in ("CVE-2099-9999", ""):
        with pytest.raises(NotFoundError) as caught:
            show_vulnerability(scanned, LOCAL_ADMIN, name)
        assert caught.value.next_step


def test_who_may_not_read_is_refused(scanned: Application) -> None:
    """Both."""
    nobody = Principal("nobody", frozenset())
    with pytest.raises(DeniedError):
        list_vulnerabilities(scanned, nobody, Query())
    with pytest.raises(DeniedError):
        show_vulnerability(scanned, nobody, "CVE-2099-1001")
