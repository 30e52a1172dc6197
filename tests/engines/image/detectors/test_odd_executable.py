"""Programs where none belong."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import odd_executable
from periderm.engines.image.facts import GivenFile, GivenImage

CASES = [
    (GivenImage(layers=((GivenFile("var/tmp/a", b"\x7fELF", 0o755),),)), ["MEDIUM"], "another temporary folder"),
    (GivenImage(layers=((GivenFile("etc/.a/b", b"\x7fELF", 0o755),),)), ["MEDIUM"], "a hidden folder of the system"),
    (GivenImage(layers=((GivenFile("usr/share/ /b", b"\x7fELF", 0o755),),)), ["MEDIUM"], "a folder called space"),
    (GivenImage(layers=((GivenFile("tmp/a", b"\x7fELF", 0o755),),), owners=(("tmp/a", "pkg"),)), [], "a package brought it"),
    (GivenImage(layers=((GivenFile("home/a/.nvm/x/node", b"\x7fELF", 0o755),),)), [], "a version manager"),
    (GivenImage(layers=((GivenFile("srv/.git/hooks/pre-commit.sample", b"#!", 0o755),),)), [], "a repository"),
    (GivenImage(layers=((GivenFile("tmp/a", b"\x7fELF", 0o755),),), configured=False), [], "a folder that is no system"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(odd_executable.DETECTOR, given)] == severities
