"""CON-016: variants beyond its examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors import harmless_file
from periderm.engines.content.detectors.harmless_file import DETECTOR

ENGINE = ContentEngine(detectors=(DETECTOR,))
SIGN = DETECTOR.spec.fires[0].given
CASES = [
    (SIGN + b" \t\r\n\x1a", "all that may follow it", True),
    (SIGN + b" " * 60, "as long as it may be", True),
    (SIGN.lower(), "in small letters", False),
    (SIGN.replace(b"5O", b"50", 1), "the digit for the letter", False),
    (SIGN + b"\nrm -rf /\n", "something else behind it", False),
    (b"\n" + SIGN, "something else before it", False),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What the definition of the file says, and no more."""
    assert bool(ENGINE.inspect(data)[0]) is fires


def test_it_is_not_the_file_itself() -> None:
    """A scanner that looks at our own files finds none in them."""
    assert len(SIGN) == 68
    source = Path(harmless_file.__file__).read_bytes()
    assert b"EICAR" in source
    assert SIGN not in source
    assert SIGN not in Path(__file__).read_bytes()
