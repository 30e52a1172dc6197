"""Keys that may log in."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import authorized_keys
from periderm.engines.image.facts import GivenFile, GivenImage

KEY = b"ssh-rsa " + b"AAAAB3NzaC1yc2EAAAADAQABAAABgQ" + b" me@here\n"
CASES = [
    (GivenImage(layers=((GivenFile("home/a/.ssh/authorized_keys2", KEY, 0o644),),)), ["MEDIUM"], "the second file"),
    (
        GivenImage(layers=((GivenFile("root/.ssh/authorized_keys", b'command="/bin/backup",no-pty ' + KEY, 0o644),),)),
        ["LOW"],
        "for one command",
    ),
    (GivenImage(layers=((GivenFile("etc/dropbear/authorized_keys", KEY, 0o644),),)), ["MEDIUM"], "another server"),
    (GivenImage(layers=((GivenFile("root/.ssh/authorized_keys", b"ssh-rsa short\n#" + KEY, 0o644),),)), [], "no key"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(authorized_keys.DETECTOR, given)] == severities
