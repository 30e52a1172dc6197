"""The tracker's words, each with what it means for a package in a release."""

from __future__ import annotations

import json
from typing import Any

import pytest

from periderm.formats import debian_tracker
from periderm.model.advisory import Advisory, PackageName, Verdict
from periderm.model.advisory_build import Refused
from periderm.model.errors import FormatError
from periderm.model.severity import Severity
from periderm.model.version_range import VersionRange


def tracker(**releases: dict[str, Any]) -> bytes:
    """One issue of one package."""
    return json.dumps(
        {"shop": {"CVE-2024-0001": {"description": "Shop leaks.", "scope": "remote", "releases": releases}}}
    ).encode()


def one(**release: Any) -> Any:
    """What is told of bookworm."""
    (found,) = debian_tracker.parse(tracker(bookworm=release))
    assert isinstance(found, Advisory)
    return found.affected[0]


EVERY = (VersionRange(),)


@pytest.mark.parametrize(
    ("release", "verdict", "ranges"),
    [
        ({"status": "resolved", "fixed_version": "1.2-3+deb12u1"}, Verdict.AFFECTED, (VersionRange(fixed="1.2-3+deb12u1"),)),
        ({"status": "resolved", "fixed_version": "0"}, Verdict.NOT_AFFECTED, ()),
        ({"status": "open"}, Verdict.AFFECTED, EVERY),
        ({"status": "undetermined"}, Verdict.UNDER_INVESTIGATION, EVERY),
        ({"status": "open", "urgency": "end-of-life"}, Verdict.END_OF_LIFE, EVERY),
        ({"status": "open", "nodsa": "Minor issue", "nodsa_reason": "ignored"}, Verdict.WILL_NOT_FIX, EVERY),
        ({"status": "open", "nodsa": "Minor issue", "nodsa_reason": "postponed"}, Verdict.FIX_DEFERRED, EVERY),
        ({"status": "open", "nodsa": "Minor issue", "nodsa_reason": ""}, Verdict.FIX_DEFERRED, EVERY),
    ],
)
def test_states(release: dict[str, Any], verdict: Verdict, ranges: tuple[VersionRange, ...]) -> None:
    """Each state of the tracker."""
    found = one(**release)
    assert found.verdict is verdict
    assert found.ranges == ranges


@pytest.mark.parametrize(
    ("urgency", "severity"),
    [
        ("unimportant", Severity.INFORMATIONAL),
        ("low**", Severity.LOW),
        ("high", Severity.HIGH),
        ("not yet assigned", Severity.UNKNOWN),
    ],
)
def test_urgency(urgency: str, severity: Severity) -> None:
    """Debian's own rating, kept as such; 'unimportant' is also noted."""
    found = one(status="open", urgency=urgency)
    assert found.severity is severity
    assert ("unimportant" in found.note) == (urgency == "unimportant")


def test_releases_by_number() -> None:
    """Code names become the numbers that os-release tells; one issue has one id for all packages."""
    (found,) = debian_tracker.parse(tracker(bullseye={"status": "open"}, sid={"status": "open"}, trixie={"status": "open"}))
    assert isinstance(found, Advisory)
    assert [a.package for a in found.affected] == [PackageName(e, "shop") for e in ("Debian:11", "Debian:sid", "Debian:13")]
    assert found.id == "DEBIAN-CVE-2024-0001"
    assert found.upstream == ("CVE-2024-0001",)


def test_one_wrong_issue_does_not_hide_the_others() -> None:
    """It is refused by its place."""
    data = json.dumps(
        {
            "shop": {"CVE-2024-0001": 5, "CVE-2024-0002": {"releases": {"sid": {"status": "open"}}}, "CVE-2024-0003": {}},
            "bad": 7,
        }
    ).encode()
    found = list(debian_tracker.parse(data, where="d.json"))
    assert [f.where for f in found if isinstance(f, Refused)] == [
        "d.json#shop/CVE-2024-0001",
        "d.json#shop/CVE-2024-0003",
        "d.json#bad",
    ]
    assert sum(isinstance(f, Advisory) for f in found) == 1


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b'{"a":' * 5000])
def test_no_document(data: bytes) -> None:
    """Damage as a whole is a FormatError."""
    with pytest.raises(FormatError):
        list(debian_tracker.parse(data))
