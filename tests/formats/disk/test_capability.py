"""security.capability."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.capability import permitted
from tests.formats.disk.disks import CAPABILITY


def test_all_revisions() -> None:
    """One and two words, and the one with a namespace's root; linux/capability.h numbers CAP_NET_RAW 13 and CAP_BPF 39."""
    assert permitted(CAPABILITY) == 1 << 13
    assert permitted(struct.pack("<III", 0x01000000, 1 << 13, 0)) == 1 << 13
    assert permitted(struct.pack("<IIIIII", 0x03000001, 0, 0, 1 << 7, 0, 1000)) == 1 << 39


@given(st.binary(max_size=24))
def test_any_bytes_have_an_answer(data: bytes) -> None:
    """What is none gives none."""
    assert 0 <= permitted(data) < 1 << 64
