"""Accounts that are root by another name."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import second_root
from periderm.engines.image.facts import GivenFile, GivenImage

CASES = [
    (
        GivenImage(
            layers=(
                (GivenFile("etc/passwd", b"root:x:0:0::/root:/bin/sh\na:x:00:0::/:/bin/sh\nb:x:0:0::/:/bin/bash\n", 0o644),),
            )
        ),
        ["HIGH", "HIGH"],
        "two, and a number with zeros",
    ),
    (
        GivenImage(layers=((GivenFile("etc/passwd", b"sync:x:0:0::/:/bin/bash\n", 0o644),),)),
        ["HIGH"],
        "an old account with a shell",
    ),
    (
        GivenImage(layers=((GivenFile("etc/passwd", b"a:x:x:0::/:/bin/sh\nb:x:" + b"9" * 5000 + b":0::/:/bin/sh\n", 0o644),),)),
        [],
        "numbers that are none",
    ),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(second_root.DETECTOR, given)] == severities
