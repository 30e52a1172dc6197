"""CON-014: variants beyond its examples."""

from __future__ import annotations

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors.bot import DETECTOR
from periderm.engines.content.judging import program

ENGINE = ContentEngine(detectors=(DETECTOR,))
CASES = [
    (program(b"udpflood\x00synflood\x00httpflood\x00/bin/busybox wget\x00"), "floods and spreads", True),
    (program(b"net.ipv4.tcp_syncookies\x00syn flood\x00"), "a kernel message", False),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What looks alike is told apart."""
    assert bool(ENGINE.inspect(data)[0]) is fires
