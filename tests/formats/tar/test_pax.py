"""PAX records."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.tar import pax
from periderm.model.errors import FormatError, LimitError


def record(key: bytes, value: bytes) -> bytes:
    """`length key=value` as the standard counts it."""
    body = b" " + key + b"=" + value + b"\n"
    length = len(body)
    while len(str(length)) + len(body) != length:
        length = len(str(length)) + len(body)
    return str(length).encode() + body


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=20).filter(lambda k: b"=" not in k), st.binary(max_size=300))))
def test_records_survive(records: list[tuple[bytes, bytes]]) -> None:
    """Keys and values come out as they went in, newlines and all."""
    assert pax.parse(b"".join(record(k, v) for k, v in records)) == records


@pytest.mark.parametrize("data", [b"x", b"5 a=", b"99 path=x\n", b"0 path=x\n", b"9 path=xx\n", b"10 =value\n", b"8 pathx\n"])
def test_lengths_that_lie(data: bytes) -> None:
    """A length that does not end at a newline, or a record without a key, is damage."""
    with pytest.raises(FormatError):
        pax.parse(data)


def test_too_many_records() -> None:
    """Records are bounded."""
    with pytest.raises(LimitError):
        pax.parse(record(b"a", b"b") * (pax.MOST_RECORDS + 1))


def test_numbers() -> None:
    """Times may have fractions and be negative; anything else is no number."""
    assert pax.integer(b"1700000000.25") == 1_700_000_000
    assert pax.integer(b"-3") == -3
    for bad in (b"", b"1e9", b"9" * 30, b"--1", b"0x1"):
        with pytest.raises(FormatError):
            pax.integer(bad)
