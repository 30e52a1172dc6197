"""File capabilities in extended attributes."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.tar.capabilities import PAX, permitted
from periderm.formats.tar.stream import TarStream
from tests.images import member, tar


def attribute(revision: int, low: int, high: int = 0) -> bytes:
    """As the kernel writes it."""
    words = {1: (low, 0), 2: (low, 0, high, 0), 3: (low, 0, high, 0, 1000)}[revision]
    return struct.pack(f"<{1 + len(words)}I", revision << 24 | 1, *words)


@pytest.mark.parametrize(
    ("data", "bits"),
    [
        (attribute(1, 1 << 7), 1 << 7),
        (attribute(2, 1 << 13, 1 << 8), 1 << 13 | 1 << 40),
        (attribute(3, 1 << 21), 1 << 21),
        (attribute(2, 1)[:-1], 0),
        (b"\0\0\0\x09" + bytes(20), 0),
        (b"", 0),
    ],
)
def test_permitted(data: bytes, bits: int) -> None:
    """All revisions of the kernel's header; what is cut or unknown gives none."""
    assert permitted(data) == bits


@given(st.binary(max_size=40))
def test_anything_is_read(data: bytes) -> None:
    """64 bits at most, and no error."""
    assert 0 <= permitted(data) < 1 << 64


def test_a_layer_tells_them() -> None:
    """By the PAX record that the runtimes write."""
    info = member("usr/bin/ping", mode=0o755)
    info.pax_headers = {PAX.decode(): attribute(2, 1 << 13).decode("latin-1")}
    (entry,) = (m.entry for m in TarStream([tar([(info, b"x")])]))
    assert entry.capabilities == 1 << 13
