"""Compilers and debuggers."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import compiler_present
from periderm.engines.image.facts import GivenFile, GivenImage

CASES = [
    (
        GivenImage(
            layers=(
                (
                    GivenFile("usr/bin/gcc", b"\x7fELF", 0o755),
                    GivenFile("usr/local/bin/gdb", b"\x7fELF", 0o755),
                ),
            )
        ),
        ["INFORMATIONAL"],
        "two are one finding",
    ),
    (GivenImage(layers=((GivenFile("opt/x/gcc", b"\x7fELF", 0o755),),)), [], "where no PATH finds it"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(compiler_present.DETECTOR, given)] == severities
