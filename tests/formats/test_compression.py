"""Inflating streams."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.compression import PIECE, inflate
from periderm.model.errors import FormatError, LimitError

PACKERS = {"gzip": gzip.compress, "zstd": zstandard.ZstdCompressor().compress, "plain": bytes}


def cut(data: bytes, size: int) -> list[bytes]:
    """The bytes in pieces."""
    return [data[i : i + size] for i in range(0, len(data), size)]


@given(st.binary(max_size=5000), st.sampled_from(["gzip", "zstd"]), st.integers(1, 700))
def test_round_trip(data: bytes, kind: str, size: int) -> None:
    """What was packed comes out, wherever the stream is cut."""
    assert b"".join(inflate(cut(PACKERS[kind](data), size))) == data


@given(st.binary(max_size=2000).filter(lambda d: d[:2] not in (b"\x1f\x8b", b"\x28\xb5", b"BZ", b"\xfd7")), st.integers(1, 50))
def test_plain_passes(data: bytes, size: int) -> None:
    """What is not compressed comes out as it is, also when it is shorter than a magic number."""
    assert b"".join(inflate(cut(data, size))) == data


def test_many_members() -> None:
    """Streams in a row are one stream, with padding of zeros between; so do gzip(1) and zstd(1)."""
    assert b"".join(inflate([gzip.compress(b"a") + bytes(9) + gzip.compress(b"b"), gzip.compress(b"c") + bytes(5)])) == b"abc"
    packed = zstandard.ZstdCompressor().compress
    assert b"".join(inflate([packed(b"a") + packed(b"b")])) == b"ab"


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_bombs(kind: str) -> None:
    """A bomb of 1,000:1 or 10,000:1 is stopped by ratio long before it is inflated, in a few pieces of memory."""
    parts = [bytes(PIECE)] * 64
    if kind == "gzip":
        bomb = gzip.compress(b"".join(parts))
    else:
        bomb = zstandard.ZstdCompressor(level=19).compress(b"".join(parts))
        assert len(b"".join(parts)) > 10_000 * len(bomb)
    tracemalloc.start()
    with pytest.raises(LimitError, match="bomb"):
        for _ in inflate([bomb], ratio=500, floor=4 * PIECE):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * PIECE


def test_bounded_sum() -> None:
    """No stream gives more than was allowed."""
    with pytest.raises(LimitError, match="more than 100"):
        list(inflate([gzip.compress(b"xyz" * 100)], most=100))
    with pytest.raises(LimitError):
        list(inflate([b"x" * 101], most=100))


@given(st.binary(min_size=20, max_size=400), st.integers(0, 2**32), st.integers(1, 255))
def test_damage(data: bytes, at: int, add: int) -> None:
    """A flipped byte of a gzip stream is an error, or (in its header) changes nothing."""
    packed = bytearray(gzip.compress(data))
    packed[at % len(packed)] = (packed[at % len(packed)] + add) % 256
    try:
        out = b"".join(inflate([bytes(packed)]))
    except FormatError:
        return
    assert out == data or out == bytes(packed)


@given(st.integers(3, 60))
def test_cut(length: int) -> None:
    """A gzip stream that ends early is an error."""
    packed = gzip.compress(bytes(range(256)) * 4)
    with pytest.raises(FormatError):
        list(inflate([packed[:length]]))


def test_other_kinds_are_named() -> None:
    """What no runtime writes is refused with its name."""
    with pytest.raises(FormatError, match="bzip2"):
        list(inflate([b"BZh91AY&SY"]))
