"""What starts by itself and came with no package."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import unowned_start
from periderm.engines.image.facts import GivenFile, GivenImage

CASES = [
    (
        GivenImage(
            layers=(
                (
                    GivenFile("etc/cron.d/a", b"x", 0o644),
                    GivenFile("etc/systemd/system/b.service", b"x", 0o644),
                ),
            ),
            owners=(("usr/bin/env", "coreutils"),),
        ),
        ["LOW"],
        "several are one finding",
    ),
    (
        GivenImage(layers=((GivenFile("etc/cron.d/a", b"x", 0o644),),), owners=(("etc/cron.d/a", "pkg"),)),
        [],
        "a package brought it",
    ),
    (
        GivenImage(
            layers=((GivenFile("etc/apt/apt.conf.d/docker-clean", b"x", 0o644),),), owners=(("usr/bin/env", "coreutils"),)
        ),
        [],
        "what image builders write",
    ),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(unowned_start.DETECTOR, given)] == severities
