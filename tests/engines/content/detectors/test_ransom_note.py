"""CON-010: variants beyond its examples."""

from __future__ import annotations

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors.ransom_note import DETECTOR

ENGINE = ContentEngine(detectors=(DETECTOR,))
CASES = [
    (
        b"Your company data has been stolen and encrypted. Contact us: x@example.org. We will leak your data. Pay in Monero.",
        "a threat to publish",
        True,
    ),
    (b"Your files are encrypted when uploaded. Restore your files from the bin within 30 days.", "a storage service", False),
    (b"bitcoin wallet backup: your keys, your coins; do not share the decryption key", "a wallet", False),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What looks alike is told apart."""
    assert bool(ENGINE.inspect(data)[0]) is fires
