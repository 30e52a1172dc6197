"""Bytes as text."""

from __future__ import annotations

import ipaddress
import struct

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.bpf_records.text import (
    address_text,
    clean,
    credentials_text,
    joined,
    path_text,
    question_name,
    unix_text,
)


@given(st.binary(max_size=64))
def test_any_bytes_can_be_printed(data: bytes) -> None:
    """The result encodes as UTF-8."""
    clean(data).encode()
    unix_text(data).encode()
    address_text(data).encode()
    path_text(data).encode()
    question_name(data).encode()
    credentials_text(data).encode()


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


def test_paths_of_callers_are_made_plain() -> None:
    """Absolute as written, or below a folder."""
    assert path_text(b"/a/./b/../c") == "/a/c"
    assert path_text(b"/a/b\0../c") == "/a/c"
    assert path_text(b"/a/b\0") == "/a/b"
    assert path_text(b"") == ""


def test_questions() -> None:
    """Labels with their lengths, in lower case; what is no such thing is written as it came."""
    assert question_name(b"\x03WWW\x07example\x03org") == "www.example.org"
    assert question_name(b"\x3fshort") == "?short"
    assert question_name(b"") == ""


def test_credentials() -> None:
    """Users, groups, capabilities and namespaces in words; too few bytes are nothing."""
    data = struct.pack("<6I4I4Q", 1, 2, 3, 4, 5, 6, 10, 11, 12, 0, 0xFF, 0xF, 0xFF, 0)
    assert credentials_text(data) == "uid=1,2,3 gid=4,5,6 caps=f permitted=ff mnt=10 pid=11 user=12"
    assert credentials_text(data[:50]) == ""
