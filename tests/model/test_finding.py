"""Weaknesses."""

from __future__ import annotations

import msgspec
from hypothesis import given

from periderm.model.finding import Finding, FindingKind
from tests.strategies import findings


def test_kinds_are_pinned() -> None:
    """Stored findings keep the names of their kinds."""
    kinds = {"secret", "configuration", "vulnerability", "licence", "end-of-life", "not-examined"}
    kinds |= {"malware", "code", "untrusted"}
    assert {kind.value for kind in FindingKind} == kinds


@given(findings())
def test_a_finding_survives_the_wire(finding: Finding) -> None:
    """Read back equal, the kind and severity as enums and not as bare words."""
    read = msgspec.json.decode(msgspec.json.encode(finding), type=Finding)
    assert read == finding
    assert isinstance(read.kind, FindingKind)
