"""What builds leave behind."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import left_by_build
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.image import FileType

CASES = [
    (
        GivenImage(
            layers=(
                (
                    GivenFile("srv/.git/HEAD", b"x", 0o644),
                    GivenFile("var/cache/apt/archives/a.deb", b"x", 0o644),
                ),
            )
        ),
        ["MEDIUM", "INFORMATIONAL"],
        "a repository and a cache",
    ),
    (
        GivenImage(
            layers=(
                (
                    GivenFile("var/cache/apt/archives/lock", b"x", 0o644),
                    GivenFile("var/cache/apt/archives/partial", b"", 0o755, type=FileType.DIRECTORY),
                ),
            )
        ),
        [],
        "an empty cache",
    ),
    (GivenImage(layers=((GivenFile("srv/.git/HEAD", b"x", 0o644),),), configured=False), [], "a source folder"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(left_by_build.DETECTOR, given)] == severities
