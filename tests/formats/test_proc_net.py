"""Listening sockets as the kernel lists them."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.proc_net import MOST, parse_listening

HEAD = b"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
LITTLE = pytest.mark.skipif(sys.byteorder != "little", reason="the lines are of a little-endian machine")


def line(address: str, state: str = "0A") -> bytes:
    """One socket."""
    return f"   0: {address} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000     0        0 580 1\n".encode()


@LITTLE
def test_both_families_are_read() -> None:
    """Addresses as people write them; an IPv4 address inside IPv6 is an IPv4 address."""
    data = HEAD + line("0100007F:1F90") + line("00000000:0050") + line("00000000000000000000000000000000:01BB")
    data += line("00000000000000000000000001000000:0016") + line("0000000000000000FFFF00000100007F:0017")
    assert parse_listening(data) == {"127.0.0.1:8080", "0.0.0.0:80", "[::]:443", "[::1]:22", "127.0.0.1:23"}


def test_only_what_listens_counts() -> None:
    """Connections do not."""
    assert parse_listening(HEAD + line("00000000:0050", "01") + line("00000000:0050", "06")) == frozenset()


def test_bounded() -> None:
    """A container that listens everywhere is told up to a limit."""
    assert len(parse_listening(HEAD + b"".join(line(f"00000000:{n:04X}") for n in range(MOST + 50)))) == MOST


@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    """What is no line is left out."""
    parse_listening(HEAD + data)
