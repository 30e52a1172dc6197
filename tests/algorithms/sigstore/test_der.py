"""DER: one level at a time, and nothing that has two forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.sigstore import der
from tests.sigstore import integer, octets, oid, seq, tlv


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_what_is_written_is_read(parts: list[bytes]) -> None:
    """Values one behind the other, of any length."""
    data = b"".join(octets(part) for part in parts)
    assert [part.content for part in der.read_all(data)] == parts
    assert b"".join(part.whole for part in der.read_all(data)) == data
    whole = der.read_one(seq(data), der.SEQUENCE)
    assert whole.content == data


@given(st.binary(max_size=64))
def test_noise_is_damage_or_values(data: bytes) -> None:
    """Whatever the bytes are: values that make them up, or ValueError."""
    try:
        parts = list(der.read_all(data))
    except ValueError:
        return
    assert b"".join(part.whole for part in parts) == data


@pytest.mark.parametrize(
    "data",
    [
        b"\x04",
        b"\x04\x05abc",
        b"\x04\x80abc\0\0",
        b"\x04\x81\x03abc",
        b"\x04\x82\x00\x03abc",
        b"\x1f\x81\x00",
        b"\x04\x85\0\0\0\0\1a",
    ],
    ids=["no length", "too short", "indefinite", "long for short", "leading zero", "long tag", "five bytes"],
)
def test_forms_that_der_forbids(data: bytes) -> None:
    """A value has one form: another one may hide something."""
    with pytest.raises(ValueError, match=r"DER|length|early"):
        list(der.read_all(data))


def test_bounds_and_kinds() -> None:
    """Many values, two where one is expected, another tag."""
    with pytest.raises(ValueError, match="DER"):
        list(der.read_all(tlv(5, b"") * 2000))
    with pytest.raises(ValueError, match="another"):
        der.read_one(integer(1) + integer(2))
    with pytest.raises(ValueError, match="another"):
        der.read_one(integer(1), der.SEQUENCE)


@pytest.mark.parametrize("dotted", ["1.2.840.113549.1.7.2", "2.16.840.1.101.3.4.2.1", "1.3.6.1.4.1.57264.1.8"])
def test_object_identifiers(dotted: str) -> None:
    """As another library encodes them."""
    assert tlv(der.OBJECT, der.object_id(dotted)) == oid(dotted)
