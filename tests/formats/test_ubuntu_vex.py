"""Canonical's statements: what is fixed, what never will be, and what was never affected."""

from __future__ import annotations

import json
from typing import Any

import pytest

from periderm.formats import ubuntu_vex
from periderm.model.advisory import Advisory, PackageName, Verdict
from periderm.model.advisory_build import Refused
from periderm.model.errors import FormatError
from periderm.model.version_range import VersionRange

JAMMY = "pkg:deb/ubuntu/unbound@1.13.1-1ubuntu5.11?arch=source&distro=jammy"


def document(*statements: dict[str, Any]) -> bytes:
    """A document in the shape of the feed."""
    vulnerability = {"@id": "https://nvd.example/CVE-2025-0001", "name": "CVE-2025-0001", "description": "It leaks."}
    metadata = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "author": "Canonical Ltd.",
        "timestamp": "2025-07-23T05:12:19.020044",
    }
    return json.dumps(
        {"metadata": metadata, "statements": [{"vulnerability": vulnerability, **s} for s in statements]}
    ).encode()


def statement(status: str, *purls: str, **more: str) -> dict[str, Any]:
    """A statement on products."""
    return {"status": status, "products": [{"@id": p} for p in purls or (JAMMY,)], **more}


def one(*statements: dict[str, Any]) -> Advisory:
    """The advisory of a document."""
    (found,) = ubuntu_vex.parse(document(*statements))
    assert isinstance(found, Advisory), found
    return found


@pytest.mark.parametrize(
    ("told", "verdict", "ranges"),
    [
        (statement("fixed"), Verdict.AFFECTED, (VersionRange(fixed="1.13.1-1ubuntu5.11"),)),
        (
            statement("affected", action_statement="The package is vulnerable and needs fixing."),
            Verdict.AFFECTED,
            (VersionRange(),),
        ),
        (
            statement("affected", action_statement="… but the Ubuntu Security Team decided to not fix it."),
            Verdict.WILL_NOT_FIX,
            (VersionRange(),),
        ),
        (statement("under_investigation", status_notes="remediation is deferred."), Verdict.FIX_DEFERRED, (VersionRange(),)),
        (statement("under_investigation"), Verdict.UNDER_INVESTIGATION, (VersionRange(),)),
        (statement("not_affected", justification="vulnerable_code_not_present"), Verdict.NOT_AFFECTED, ()),
    ],
)
def test_statuses(told: dict[str, Any], verdict: Verdict, ranges: tuple[VersionRange, ...]) -> None:
    """Each status of the tracker, as Canonical translates it."""
    found = one(told)
    assert found.id == "UBUNTU-CVE-2025-0001"
    assert found.modified > 0
    (entry,) = found.affected
    assert entry.package == PackageName("Ubuntu:22.04", "unbound")
    assert (entry.verdict, entry.ranges) == (verdict, ranges)


def test_which_products_count() -> None:
    """Source packages of a release; not binaries, not services with packages of their own, not what is not in a release."""
    purl = "pkg:deb/ubuntu/unbound@1?arch={}&distro={}"
    esm, fips = purl.format("source", "esm-infra%2Fxenial"), purl.format("source", "fips-updates%2Ffocal")
    found = one(statement("fixed", esm, fips, purl.format("amd64", "jammy"), purl.format("source", "noble"), "pkg:npm/x@1"))
    assert [a.package.ecosystem for a in found.affected] == ["Ubuntu:Pro:16.04", "Ubuntu:24.04"]


def test_a_fix_beats_every_other_word() -> None:
    """A package is told of once, and best by its fix."""
    found = one(statement("affected"), statement("fixed"), statement("under_investigation"))
    assert [a.ranges for a in found.affected] == [(VersionRange(fixed="1.13.1-1ubuntu5.11"),)]


def test_refused() -> None:
    """A document whose products name no release, and one without statements, are told with their reasons."""
    no_release = statement("fixed", "pkg:deb/ubuntu/unbound@1?arch=amd64")
    absent = statement("not_affected", justification="component_not_present")
    for data in (document(no_release), document(absent), b'{"statements": []}'):
        (found,) = ubuntu_vex.parse(data, where="v.json")
        assert isinstance(found, Refused)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"statements":' * 5000])
def test_no_document(data: bytes) -> None:
    """It is a FormatError."""
    with pytest.raises(FormatError):
        list(ubuntu_vex.parse(data))
