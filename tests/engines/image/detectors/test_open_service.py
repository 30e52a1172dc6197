"""Services that their own configuration opens."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import open_service
from periderm.engines.image.facts import GivenFile, GivenImage

CASES = [
    (
        GivenImage(
            layers=(
                (GivenFile("etc/vsftpd.conf", b"anonymous_enable=YES\nwrite_enable=YES\nanon_upload_enable=YES\n", 0o644),),
            )
        ),
        ["HIGH"],
        "with writing",
    ),
    (
        GivenImage(layers=((GivenFile("etc/ssh/sshd_config", b"PermitRootLogin yes\n", 0o644),),)),
        ["MEDIUM"],
        "root by password",
    ),
    (
        GivenImage(layers=((GivenFile("usr/share/doc/redis/redis.conf", b"protected-mode no\n", 0o644),),)),
        [],
        "an example in the documentation",
    ),
    (
        GivenImage(
            layers=((GivenFile("etc/docker/daemon.json", b'{"hosts":["tcp://0.0.0.0:2376"],"tlsverify":true}', 0o644),),)
        ),
        [],
        "certificates",
    ),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(open_service.DETECTOR, given)] == severities
