"""CON-003: variants beyond its examples."""

from __future__ import annotations

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors.miner import DETECTOR

ENGINE = ContentEngine(detectors=(DETECTOR,))
CASES = [
    (b'{"pools":[{"url":"x:1","user":"w"}],"donate-level":0}', "a configuration without an algorithm", True),
    (b"docs: stratum+tcp is a protocol, xmrig uses it", "two words in a text", False),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What looks alike is told apart."""
    assert bool(ENGINE.inspect(data)[0]) is fires
