"""Core dumps."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import core_dump
from periderm.engines.image.facts import GivenFile, GivenImage

DUMP = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x04\x00" + bytes(64)
BIG = b"\x7fELF\x02\x02\x01" + bytes(9) + b"\x00\x04" + bytes(64)
CASES = [
    (GivenImage(layers=((GivenFile("core", DUMP, 0o644),),)), ["MEDIUM"], "in the root"),
    (GivenImage(layers=((GivenFile("srv/app.core", BIG, 0o644),),)), ["MEDIUM"], "of a machine with the high byte first"),
    (GivenImage(layers=((GivenFile("srv/core", b"a text", 0o644),),)), [], "a text"),
    (GivenImage(layers=((GivenFile("srv/core.so", DUMP[:16] + b"\x03\x00", 0o644),),)), [], "a library"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(core_dump.DETECTOR, given)] == severities
