"""Pieces come back as they were packed, or not at all."""

from __future__ import annotations

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.advisories_sqlite import layout
from periderm.model.errors import AdvisoryError

PACKER, UNPACKER = zstandard.ZstdCompressor(), zstandard.ZstdDecompressor()


@given(st.binary(max_size=600))
def test_round_trip(body: bytes) -> None:
    """With and without compression."""
    assert layout.unpack(layout.pack(body, None), None) == body
    assert layout.unpack(layout.pack(body * 3, PACKER), UNPACKER) == body * 3


@given(st.binary(min_size=1, max_size=300), st.data())
def test_damage_is_noticed(body: bytes, data: st.DataObject) -> None:
    """A changed byte, or a cut, is an AdvisoryError."""
    piece = bytearray(layout.pack(body, PACKER))
    at = data.draw(st.integers(0, len(piece) - 1))
    piece[at] ^= data.draw(st.integers(1, 255))
    if at == 4:  # the kind: then it is unpacked in another way, which cannot succeed
        piece[at] = 2
    with pytest.raises(AdvisoryError):
        layout.unpack(bytes(piece), UNPACKER)
    with pytest.raises(AdvisoryError):
        layout.unpack(b"abc", UNPACKER)


@pytest.mark.parametrize(
    ("cve", "number"),
    [
        ("CVE-2024-0001", 2024 * 10**10 + 1),
        ("CVE-2024-1234567", 2024 * 10**10 + 1234567),
        ("CVE-2024-1", -1),
        ("GHSA-a", -1),
        ("CVE-２024-0001", -1),
    ],
)
def test_numbers(cve: str, number: int) -> None:
    """A CVE id is one integer; anything else is none."""
    assert layout.cve_number(cve) == number


def test_keys_fit() -> None:
    """Keys are SQLite's integers, and the parts of a name cannot run into each other."""
    assert layout.key_of("a", "bc") != layout.key_of("ab", "c")
    assert all(-(2**63) <= layout.key_of(str(n)) < 2**63 for n in range(1000))
