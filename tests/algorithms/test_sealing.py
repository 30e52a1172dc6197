"""A sealed file is whole, or it does not open."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.sealing import CHUNK, HEADER_BYTES, MAGIC, Seal, header
from periderm.model.errors import FormatError, SignatureError

HEAD = header(b"s" * 16, b"p" * 7)
CHEAP = 2  # scrypt's cost in tests of what surrounds it


def sealed(*chunks: bytes, passphrase: bytes = b"words") -> list[bytes]:
    """Each chunk, sealed."""
    seal = Seal(passphrase, HEAD, cost=CHEAP)
    return [seal.close(chunk, last=number == len(chunks) - 1) for number, chunk in enumerate(chunks)]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.binary(max_size=100), min_size=1, max_size=4))
def test_what_was_sealed_opens(chunks: list[bytes]) -> None:
    """In the same order, to the same bytes."""
    seal = Seal(b"words", HEAD, cost=CHEAP)
    parts = sealed(*chunks)
    assert [seal.open(part, last=number == len(parts) - 1) for number, part in enumerate(parts)] == chunks


@pytest.mark.parametrize("change", ["flip", "swap", "cut", "add", "drop", "passphrase"])
def test_what_was_changed_does_not(change: str) -> None:
    """A bit, the order, the end, the beginning, the passphrase."""
    parts = sealed(b"a" * 50, b"b" * 50, b"c")
    passphrase = b"words"
    if change == "flip":
        parts[1] = bytes([parts[1][0] ^ 1]) + parts[1][1:]
    elif change == "swap":
        parts[0], parts[1] = parts[1], parts[0]
    elif change == "cut":
        parts.pop()
    elif change == "add":
        parts.append(parts[-1])
    elif change == "drop":
        parts.pop(0)
    else:
        passphrase = b"other"
    seal = Seal(passphrase, HEAD, cost=CHEAP)
    with pytest.raises(SignatureError):
        [seal.open(part, last=number == len(parts) - 1) for number, part in enumerate(parts)]


def test_the_header_counts() -> None:
    """It decides the key, so another one opens nothing; what is none is told."""
    parts = sealed(b"a")
    with pytest.raises(SignatureError):
        Seal(b"words", header(b"s" * 16, b"q" * 7), cost=CHEAP).open(parts[0], last=True)
    for wrong in (b"", MAGIC, HEAD + b"x", b"X" * HEADER_BYTES):
        with pytest.raises(FormatError):
            Seal(b"words", wrong, cost=CHEAP)
    with pytest.raises(ValueError, match="length"):
        header(b"", b"")
    assert CHUNK == 65536
