"""Bytes as text."""

from __future__ import annotations

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.bpf_records.text import address_text, clean, joined, unix_text


@given(st.binary(max_size=64))
def test_any_bytes_can_be_printed(data: bytes) -> None:
    """The result encodes as UTF-8."""
    clean(data).encode()
    unix_text(data).encode()
    address_text(data).encode()


@given(st.integers(0, 2**32 - 1))
def test_addresses_are_as_the_library_writes_them(number: int) -> None:
    """IPv4, plain and mapped into IPv6, is the same text."""
    data = number.to_bytes(4, "big")
    assert address_text(data) == str(ipaddress.IPv4Address(number))
    assert address_text(b"\0" * 10 + b"\xff\xff" + data) == str(ipaddress.IPv4Address(number))


def test_ipv6() -> None:
    """The short form."""
    assert address_text(b"\x20\x01" + b"\0" * 13 + b"\x01") == "2001::1"


def test_joining_is_by_name_only() -> None:
    """.. does not climb above the root."""
    assert joined("/a/b", "c") == "/a/b/c"
    assert joined("/a/b", "./../../../x//y/.") == "/x/y"
    assert joined("/a", "") == "/a"
