"""Places that everyone may write."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import writable_place
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.image import FileType

CASES = [
    (
        GivenImage(
            layers=(
                (
                    GivenFile("usr/lib/x", b"", 0o777, type=FileType.DIRECTORY),
                    GivenFile("srv/y", b"", 0o777, type=FileType.DIRECTORY),
                ),
            )
        ),
        ["MEDIUM", "LOW"],
        "of the system, and others",
    ),
    (
        GivenImage(layers=((GivenFile("usr/x", b"", 0o777, type=FileType.DIRECTORY),),), owners=(("usr/x", "pkg"),)),
        ["LOW"],
        "a package has it so",
    ),
    (
        GivenImage(
            layers=(
                (
                    GivenFile("var/tmp", b"", 0o1777, type=FileType.DIRECTORY),
                    GivenFile("dev/shm", b"", 0o777, type=FileType.DIRECTORY),
                ),
            )
        ),
        [],
        "the usual ones",
    ),
    (GivenImage(layers=((GivenFile("root/.cache/uv/x.lock", b"x", 0o666),),)), [], "a lock"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(writable_place.DETECTOR, given)] == severities
