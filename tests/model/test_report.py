"""The stable JSON of a scan."""

from __future__ import annotations

import msgspec

from periderm.model.image import ImageConfig, ImageInventory, OsRelease
from periderm.model.report import ALL_SCANNERS, SCHEMA, Report, Scanner, TargetKind


def test_names_are_pinned() -> None:
    """Pipelines read these words: a changed one needs a new schema number."""
    assert SCHEMA == "periderm.report/1"
    assert {kind.value for kind in TargetKind} == {
        "image",
        "filesystem",
        "source",
        "repository",
        "sbom",
        "container",
        "host",
    } | {
        "disk",
        "pipeline",
    }
    assert {s.value for s in Scanner} == {"packages", "vulnerabilities", "secrets", "configuration", "licences", "malware"}
    assert frozenset(Scanner) == ALL_SCANNERS


def test_a_report_without_findings_survives_the_wire() -> None:
    """The smallest report is read back equal."""
    inventory = ImageInventory(
        digest="sha256:a", reference="x", source="s", config=ImageConfig(), os=OsRelease(), packages=(), executables=()
    )
    report = Report(kind=TargetKind.IMAGE, target="x", time=1, seconds=0.5, version="1", inventory=inventory)
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report
