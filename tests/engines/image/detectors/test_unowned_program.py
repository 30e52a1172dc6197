"""Programs of no package in the system's folders."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import unowned_program
from periderm.engines.image.facts import GivenFile, GivenImage

CASES = [
    (
        GivenImage(
            layers=(
                (
                    GivenFile("usr/bin/env", b"\x7fELF", 0o755),
                    GivenFile("bin/x", b"\x7fELF", 0o755),
                    GivenFile("sbin/y", b"\x7fELF", 0o755),
                ),
            ),
            owners=(("usr/bin/env", "coreutils"),),
        ),
        ["LOW"],
        "several are one finding",
    ),
    (
        GivenImage(
            layers=(
                (
                    GivenFile("usr/bin/env", b"\x7fELF", 0o755),
                    GivenFile("usr/bin/tool.real", b"\x7fELF", 0o755),
                    GivenFile("var/lib/dpkg/diversions", b"/usr/bin/tool\n/usr/bin/tool.real\nother\n"),
                ),
            ),
            owners=(("usr/bin/env", "coreutils"),),
        ),
        [],
        "what dpkg moved aside",
    ),
    (
        GivenImage(
            layers=(
                (
                    GivenFile("usr/bin/env", b"\x7fELF", 0o755),
                    GivenFile("usr/sbin/policy-rc.d", b"\x7fELF", 0o755),
                ),
            ),
            owners=(("usr/bin/env", "coreutils"),),
        ),
        [],
        "what set-up makes",
    ),
    (
        GivenImage(
            layers=(
                (
                    GivenFile("usr/bin/env", b"\x7fELF", 0o755),
                    GivenFile("opt/a/bin/x", b"\x7fELF", 0o755),
                ),
            ),
            owners=(("usr/bin/env", "coreutils"),),
        ),
        [],
        "a place of its own",
    ),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(unowned_program.DETECTOR, given)] == severities
