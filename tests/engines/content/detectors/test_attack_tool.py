"""CON-007: variants beyond its examples."""

from __future__ import annotations

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors.attack_tool import DETECTOR

ENGINE = ContentEngine(detectors=(DETECTOR,))
CASES = [
    (b"find / -perm -4000 2>/dev/null; getcap -r /; ls docker.sock; cat /etc/shadow; sudo -l", "a list of ways up", True),
    (b"ls -l /var/run/docker.sock; id; sudo -l", "a look around", False),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What looks alike is told apart."""
    assert bool(ENGINE.inspect(data)[0]) is fires
