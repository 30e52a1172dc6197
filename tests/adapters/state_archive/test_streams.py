"""Bytes on their way through a seal and past a limit."""

from __future__ import annotations

import io

import pytest

from periderm.adapters.state_archive.streams import Bounded, Opening, Sealing
from periderm.algorithms.sealing import CHUNK, Seal, header
from periderm.model.errors import FormatError, LimitError, SignatureError

HEAD = header(b"s" * 16, b"p" * 7)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_any_length_comes_back(size: int) -> None:
    """Whole chunks, parts of one, nothing; a cut at any chunk's end is noticed."""
    file = io.BytesIO()
    data = bytes(n % 251 for n in range(size))
    with Sealing(file, Seal(b"w", HEAD, cost=2)) as stream:
        for start in range(0, size, 1000):
            stream.write(data[start : start + 1000])
    assert io.BufferedReader(Opening(io.BytesIO(file.getvalue()), Seal(b"w", HEAD, cost=2))).read() == data
    if size > CHUNK:
        cut = file.getvalue()[: CHUNK + 16]
        with pytest.raises(SignatureError):
            io.BufferedReader(Opening(io.BytesIO(cut), Seal(b"w", HEAD, cost=2))).read()


def test_more_than_it_may_is_refused() -> None:
    """And nobody reads it whole by mistake."""
    assert Bounded(io.BytesIO(b"12345"), 5).read(10) == b"12345"
    with pytest.raises(LimitError):
        Bounded(io.BytesIO(b"123456"), 5).read(10)
    with pytest.raises(FormatError):
        Bounded(io.BytesIO(b""), 5).read()
