"""Programs that imitate the system."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import imitating_program
from periderm.engines.image.facts import GivenFile, GivenImage

CASES = [
    (GivenImage(layers=((GivenFile("tmp/kinsing", b"\x7fELF", 0o755),),)), ["HIGH"], "a known name"),
    (GivenImage(layers=((GivenFile("var/lib/x/[kthreadd]", b"\x7fELF", 0o755),),)), ["HIGH"], "brackets"),
    (GivenImage(layers=((GivenFile("usr/bin/kworker/u8:1", b"\x7fELF", 0o755),),)), [], "a folder is no name"),
    (GivenImage(layers=((GivenFile("usr/sbin/kswapd0", b"\x7fELF", 0o755),),)), ["HIGH"], "a thread with its number"),
    (GivenImage(layers=((GivenFile("srv/app/migration", b"\x7fELF", 0o755),),)), [], "an application that migrates"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(imitating_program.DETECTOR, given)] == severities
