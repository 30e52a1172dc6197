"""Root without a password."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import sudo_without_password
from periderm.engines.image.facts import GivenFile, GivenImage

CASES = [
    (
        GivenImage(layers=((GivenFile("etc/sudoers.d/a", b"%wheel ALL=(ALL:ALL) NOPASSWD:ALL\n", 0o644),),)),
        ["MEDIUM"],
        "a group",
    ),
    (
        GivenImage(
            layers=((GivenFile("etc/sudoers.d/a", b"app ALL=(root) NOPASSWD: /usr/bin/systemctl restart app\n", 0o644),),)
        ),
        ["LOW"],
        "one command",
    ),
    (GivenImage(layers=((GivenFile("etc/doas.conf", b"permit persist :wheel\n", 0o644),),)), [], "doas that asks"),
    (GivenImage(layers=((GivenFile("srv/sudoers", b"a ALL=(ALL) NOPASSWD: ALL\n", 0o644),),)), [], "another file"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(sudo_without_password.DETECTOR, given)] == severities
