"""SPDX, written."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from spdx_tools.spdx.parser.json import json_parser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from periderm.formats.spdx import writing
from periderm.model.report import Report, TargetKind
from tests.reports import packages, report


def complaints(value: Report, folder: Path) -> list[str]:
    """What the SPDX project's own validator says."""
    path = folder / "made.spdx.json"
    path.write_bytes(writing.write(value))
    return [message.validation_message for message in validate_full_spdx_document(json_parser.parse_from_file(str(path)))]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", [TargetKind.IMAGE, TargetKind.SOURCE, TargetKind.HOST])
def test_the_projects_validator_has_no_complaint(kind: TargetKind, tmp_path: Path) -> None:
    """What is written is a valid SPDX 2.3 document, licences of hostile names included."""
    assert complaints(report(kind), tmp_path) == []


def test_licences() -> None:
    """Expressions stay; other texts become references with their text."""
    document = json.loads(writing.write(report()))
    declared = {p["name"]: p.get("licenseDeclared") for p in document["packages"]}
    assert declared["requests"] == "Apache-2.0 OR (MIT AND BSD-3-Clause)"
    assert declared["nodejs"] == "NOASSERTION"
    texts = {e["licenseId"]: e["extractedText"] for e in document["hasExtractedLicensingInfos"]}
    assert "The licence of 1999 (see file)" in texts.values()
    assert all(identity.startswith("LicenseRef-") for identity in texts)


def test_reproducible() -> None:
    """The same image gives the same bytes; two scans otherwise differ in their namespace."""
    later = msgspec.structs.replace(report(), time=report().time + 10**15)
    assert writing.write(later, reproducible=True) == writing.write(report(), reproducible=True)
    assert json.loads(writing.write(report(), reproducible=True))["creationInfo"]["created"] == "2026-01-02T03:04:05Z"
    assert json.loads(writing.write(later))["documentNamespace"] != json.loads(writing.write(report()))["documentNamespace"]


def test_relationships() -> None:
    """The document describes its target, which contains all packages; dependencies are told."""
    document = json.loads(writing.write(report()))
    kinds = [r["relationshipType"] for r in document["relationships"]]
    assert kinds.count("CONTAINS") == len(packages()) + 1
    assert kinds.count("DEPENDS_ON") == 1
    assert kinds[0] == "DESCRIBES"


def test_notes_of_others() -> None:
    """Only our own annotations are understood."""
    assert writing.note_of("anything") == {}
    assert writing.note_of("periderm {") == {}
    assert writing.note_of('periderm {"periderm:path":"a"}') == {"periderm:path": "a"}
