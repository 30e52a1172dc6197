"""Root for programs that run anything."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import rights_for_interpreter
from periderm.engines.image.facts import GivenFile, GivenImage

CASES = [
    (
        GivenImage(
            layers=((GivenFile("usr/bin/python3.11", b"\x7fELF", 0o4755),),),
            owners=(("usr/bin/python3.11", "python3.11-minimal"),),
        ),
        ["HIGH"],
        "even if a package brought it",
    ),
    (GivenImage(layers=((GivenFile("usr/bin/vim.basic", b"\x7fELF", 0o4755),),)), ["HIGH"], "an editor"),
    (GivenImage(layers=((GivenFile("usr/bin/sudo", b"\x7fELF", 0o4755),),)), [], "made for it"),
    (GivenImage(layers=((GivenFile("usr/bin/bashful", b"\x7fELF", 0o4755),),)), [], "another word"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(rights_for_interpreter.DETECTOR, given)] == severities
