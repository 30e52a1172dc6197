"""Powers of root in files."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import file_capabilities
from periderm.engines.image.facts import GivenFile, GivenImage

CASES = [
    (
        GivenImage(layers=((GivenFile("opt/a", b"\x7fELF", 0o755, capabilities=1 << 10),),)),
        ["LOW"],
        "low ports for an own service",
    ),
    (
        GivenImage(
            layers=((GivenFile("usr/bin/a", b"\x7fELF", 0o755, capabilities=1 << 21),),), owners=(("usr/bin/a", "pkg"),)
        ),
        ["LOW"],
        "much, from a package",
    ),
    (GivenImage(layers=((GivenFile("opt/a", b"\x7fELF", 0o755, capabilities=1 << 21),),)), ["HIGH"], "nearly root"),
    (
        GivenImage(layers=((GivenFile("opt/a", b"\x7fELF", 0o755, capabilities=1 << 63),),)),
        ["MEDIUM"],
        "a number without a name",
    ),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(file_capabilities.DETECTOR, given)] == severities


def test_names() -> None:
    """By their numbers in the kernel's header."""
    assert file_capabilities.names_of(1 << 0 | 1 << 21 | 1 << 40) == ("chown", "sys_admin", "checkpoint_restore")
