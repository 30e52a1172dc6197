"""Mapped files of a process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.proc_maps import mapped_files

MAPS = b"""55d0c0000000-55d0c0001000 r--p 00000000 00:2a 1234 /usr/sbin/nginx
55d0c0001000-55d0c0002000 r-xp 00001000 00:2a 1234 /usr/sbin/nginx
7f0000000000-7f0000001000 r--p 00000000 00:2a 99   /usr/lib/with blank/libx.so.1
7f0000001000-7f0000002000 r--p 00000000 00:2a 98   /usr/lib/libold.so (deleted)
7f0000003000-7f0000004000 rw-p 00000000 00:00 0
7f0000004000-7f0000005000 rw-s 00000000 00:01 7    /memfd:x (deleted)
7ffd00000000-7ffd00001000 rw-p 00000000 00:00 0    [stack]
7f0000006000-7f0000007000 r--p 00000000 00:2a 97   /a\\012b
"""


def test_files_and_nothing_else() -> None:
    """Each file once, with blanks and line ends in names; no memory, no stack, nothing that was deleted."""
    assert mapped_files(MAPS) == {"usr/sbin/nginx", "usr/lib/with blank/libx.so.1", "a\nb"}


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")
def test_a_real_process() -> None:
    """This interpreter has its own program mapped."""
    assert os.path.realpath(sys.executable)[1:] in mapped_files(Path("/proc/self/maps").read_bytes())


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    """Whatever a process does to its maps, looking never fails."""
    assert all(not path.startswith("/") or path for path in mapped_files(data))
