"""Risky network services."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import risky_service
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.image import Package
from periderm.model.service import RiskyService
from periderm.model.severity import Severity
from periderm.model.text import Text

CASES = [
    (GivenImage(layers=((GivenFile("usr/sbin/vsftpd", b"\x7fELF", 0o755),),)), ["MEDIUM"], "a program"),
    (
        GivenImage(packages=(Package(name="rsh-server", version="1", type="rpm", purl="pkg:rpm/rsh-server@1"),)),
        ["HIGH"],
        "a package",
    ),
    (
        GivenImage(
            layers=((GivenFile("usr/sbin/vsftpd", b"\x7fELF", 0o755),),),
            packages=(Package(name="vsftpd", version="3", type="deb", purl="pkg:deb/vsftpd@3"),),
        ),
        ["MEDIUM"],
        "both are one finding",
    ),
    (GivenImage(layers=((GivenFile("opt/app/ftpd", b"\x7fELF", 0o755),),)), [], "a name outside the folders of programs"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(risky_service.DETECTOR, given)] == severities


def test_a_users_service() -> None:
    """A user's list is asked too, with its own words and severity."""
    own = RiskyService(
        name="Acme",
        packages=("acme",),
        why=Text("It is old.", "它很旧。"),
        instead=Text("Drop it.", "弃用。"),
        severity=Severity.CRITICAL,
    )
    package = Package(name="acme", version="1", type="deb", purl="pkg:deb/acme@1")
    (finding,) = run_example(risky_service.DETECTOR, GivenImage(packages=(package,), services=(own,)))
    assert finding.message.en == "The image holds Acme (acme 1). It is old. Drop it."
    assert finding.severity is Severity.CRITICAL
